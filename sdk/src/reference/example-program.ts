import { resources, type Kind } from '../resources/index.ts';
import { exampleCode } from './example-code.ts';
import { exampleOf, outputIn } from './example.ts';

/** A whole Pulumi program that creates the example of a kind, and before it the objects that it refers to. */
export function exampleProgram(kind: Kind, classNames: Readonly<Record<Kind, string>>): string {
  return programOf([kind], classNames);
}

/** A whole Pulumi program that creates the examples of all kinds. */
export function exampleOfAll(classNames: Readonly<Record<Kind, string>>): string {
  return programOf(Object.keys(resources) as Kind[], classNames);
}

function programOf(kinds: readonly Kind[], classNames: Readonly<Record<Kind, string>>): string {
  const declarations = inOrder(kinds).map((each) => exampleCode(each, classNames[each]));
  const usesConfig = declarations.some((text) => /\bconfig\.require/.test(text));
  return [
    "import * as apig from '@apig/provider';",
    ...(usesConfig ? ["import { Config } from '@pulumi/pulumi';", '', 'const config = new Config();'] : ['']),
    ...declarations,
  ].join('\n');
}

/** Kinds, each after those that its example refers to, which come in too. */
function inOrder(kinds: readonly Kind[], found: readonly Kind[] = []): readonly Kind[] {
  return kinds.reduce<readonly Kind[]>((before, kind) => {
    if (before.includes(kind)) return before;
    const all = inOrder(
      textsIn(exampleOf(kind)).flatMap((text) => outputIn(text)?.kind ?? []),
      before,
    );
    return all.includes(kind) ? all : [...all, kind];
  }, found);
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
