import { z } from 'zod';
import type { Description } from '../describe.ts';
import { controlErrors } from '../errors.ts';
import { fieldsOf } from '../fields.ts';
import { descriptionOf, resources, type Kind } from '../resources/index.ts';
import { splitSource, type Comments } from './comments.ts';
import { exampleCode } from './example-code.ts';
import { exampleProgram } from './example-program.ts';
import { argumentTables, outputTable } from './field-tables.ts';
import { allErrorsOf } from './kind-errors.ts';
import { blocks, code, listed, spelledOut, table } from './markdown.ts';
import { operationsOf } from './operations.ts';
import { documentedPath } from './paths.ts';

/** What only the provider knows of the kinds. */
export interface ProviderNames {
  /** Name of the Pulumi class of each kind. */
  readonly classes: Readonly<Record<Kind, string>>;
  /** The fields by which an object that exists is found. */
  identityOf(description: Description): readonly string[];
}

/** File of a kind's page, in the folder of all of them. */
export function pageOf(kind: Kind, { classes }: ProviderNames): string {
  return `${spelledOut(lowerFirst(classes[kind])).replaceAll(' ', '-')}.md`;
}

/** The page of a kind. */
export function resourcePage(kind: Kind, comments: Comments, names: ProviderNames): string {
  const description = descriptionOf(kind);
  const className = names.classes[kind];
  const { text, source } = splitSource(comments[kind].text);
  const link = (other: Kind) => `[${names.classes[other]}](${pageOf(other, names)})`;
  const nameOf = (other: string) => (isKind(other) ? link(other) : spelledOut(other));
  return blocks([
    `# ${className}`,
    text,
    `Source: ${source}`,
    '## Example',
    typescript(exampleCode(kind, className)),
    wholeProgram(exampleProgram(kind, names.classes)),
    '## Arguments',
    'The column "A change" says whether the object is changed in place or replaced by a new one. Arguments are outputs too.',
    ...argumentTables(description.input, comments[kind].input, nameOf),
    '## Outputs',
    outputTable(idInWords(description), description.output, comments[kind].output, nameOf),
    computedInWords(description),
    ...referrers(kind, link),
    '## What exists already',
    ...existing(description, className, names.identityOf(description)),
    ...limitsInWords(description),
    '## Operations',
    `Client: ${code(`client.${kind}`)}. In full in [openapi.json](../openapi.json).`,
    table(
      ['Operation', 'Method and path', 'Success'],
      operationsOf(kind, comments[kind]).map(({ title, method, path, status }) => [
        title,
        code(`${method} ${documentedPath(path)}`),
        String(status),
      ]),
    ),
    '## Errors',
    errorTable(kind, comments),
  ]);
}

function typescript(text: string): string {
  return `\`\`\`ts\n${text}\n\`\`\``;
}

function wholeProgram(program: string): string {
  return `<details>\n<summary>The whole program, with what it refers to</summary>\n\n${typescript(program)}\n\n</details>`;
}

/** Links to the kinds whose objects refer to those of a kind. */
function referrers(kind: Kind, link: (kind: Kind) => string): readonly string[] {
  const found = (Object.keys(resources) as Kind[]).filter(
    (other) => other !== kind && refersTo(kind, descriptionOf(other).input),
  );
  return found.length === 0 ? [] : [`Referred to by ${listed(found.map(link))}.`];
}

function refersTo(kind: Kind, schema: z.ZodType): boolean {
  if (schema instanceof z.ZodArray) return refersTo(kind, schema.element as z.ZodType);
  if (!(schema instanceof z.ZodObject)) return false;
  return fieldsOf(schema).some(({ inner, marks }) => marks.ref === kind || holds(kind, inner));
}

function holds(kind: Kind, inner: z.ZodType): boolean {
  if (!(inner instanceof z.ZodArray)) return refersTo(kind, inner);
  return fieldsOf(z.object({ item: inner.element as z.ZodType })).some(
    ({ marks, inner: item }) => marks.ref === kind || refersTo(kind, item),
  );
}

function existing(
  description: Description,
  className: string,
  identity: readonly string[],
): readonly string[] {
  const { parents, kind } = description;
  const found = [...new Set([...parents, ...identity])];
  const values = found.filter((name) => !isSecret(description, name));
  const object = (fields: readonly string[]) => (fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`);
  return [
    typescript(
      [
        `const found = await apig.get${className}(${object(values)}); // or an id; by values known later: get${className}Output`,
        `const all = await apig.get${className}s(${object(parents)}); // and any arguments that they have`,
        `const read = apig.${className}.get('shared', ${object([...parents, 'id'])}); // a resource that is never changed`,
      ].join('\n'),
    ),
    `With \`adopt: true\` a new resource takes over the object with the same ${listed(found.map(code))}. \`apig export --pulumi\` writes the program and the import file for everything that exists${kind === 'gateway' ? '' : ', this kind among it'}.`,
  ];
}

function isSecret({ input }: Description, name: string): boolean {
  return fieldsOf(input).some((field) => field.name === name && field.marks.secret === true);
}

function idInWords({ operations: shape, parents }: Description): string {
  switch (shape.shape) {
    case 'collection':
      return 'ID.';
    case 'binding':
      return `${code(`<${shape.owner.field}>/<environmentId>`)}; the service has no ID for the whole.`;
    case 'membership':
      return `${code(`<${shape.owner}>`)}; the service has no ID for the whole.`;
    case 'singleton':
      return parents.includes(shape.idField)
        ? `${code(`<${shape.idField}>`)}.`
        : `${code([...parents, shape.idField].map((name) => `<${name}>`).join('/'))}.`;
    case 'publication':
      return `${code('<apiId>/<environmentId>')}; the service has no ID for the whole.`;
  }
}

function computedInWords({ computed = {} }: Description): string {
  const names = Object.keys(computed);
  return names.length === 0 ? '' : `A preview knows ${listed(names.map(code))} already.`;
}

function limitsInWords({ quota, unique }: Description): readonly string[] {
  const lines = [
    ...(unique === undefined ? [] : [`- Unique${among(unique.within)}: ${listed(unique.fields.map(code))}.`]),
    ...(quota === undefined
      ? []
      : [
          `- At most ${quota.limit.toLocaleString('en-US')}${among(quota.within)}` +
            `${quota.config === undefined ? '' : ` (configuration item ${code(quota.config)})`}.`,
        ]),
  ];
  return lines.length === 0 ? [] : ['## Limits', lines.join('\n')];
}

function among(within: readonly string[]): string {
  return within.length === 0 ? ' in the project' : ` among those with the same ${listed(within.map(code))}`;
}

function errorTable(kind: Kind, comments: Comments): string {
  const names = allErrorsOf(kind, comments[kind]);
  const rows = names.map((name) => {
    const { code: number, status, message } = controlErrors[name];
    return [code(number), String(status), code(name), message];
  });
  return table(['Code', 'Status', 'Name', 'Message'], rows.toSorted(byText));
}

function byText([a = '']: readonly string[], [b = '']: readonly string[]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isKind(kind: string): kind is Kind {
  return Object.hasOwn(resources, kind);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
