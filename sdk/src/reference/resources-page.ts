import type { Description } from '../describe.ts';
import { controlErrors } from '../errors.ts';
import { descriptionOf, resources, type Kind } from '../resources/index.ts';
import { splitSource, type Comments, type KindComments } from './comments.ts';
import { exampleCode } from './example-code.ts';
import { argumentTables, outputTable, type NameOf } from './field-tables.ts';
import { allErrorsOf } from './kind-errors.ts';
import { blocks, code, listed, spelledOut, table } from './markdown.ts';
import { operationsOf } from './operations.ts';
import { documentedPath } from './paths.ts';

/** Name of the Pulumi class of each kind. */
export type ClassNames = Readonly<Record<Kind, string>>;

/** The page that describes every kind. */
export function resourcesPage(comments: Comments, classNames: ClassNames): string {
  const kinds = Object.keys(resources) as Kind[];
  const link = (kind: Kind) => `[${classNames[kind]}](#${classNames[kind].toLowerCase()})`;
  const nameOf: NameOf = (kind) => (isKind(kind) ? link(kind) : spelledOut(kind));
  return blocks([
    '# Resources',
    'Each section is one kind: a class of `@apig/provider`, a collection of the client of `@apig/sdk`, and a few operations of the management API ([openapi.json](openapi.json) has them in full).',
    table(
      ['Class', 'Client', 'Meaning'],
      kinds.map((kind) => [link(kind), code(`client.${kind}`), splitSource(comments[kind].text).text]),
    ),
    'In the tables of arguments, the column "A change" says whether the object is changed in place or replaced by a new one. Arguments are outputs too. Secret values are secret in the state of a stack. In the examples, a variable named after a kind is another object of the program, and `config` is a `pulumi.Config`.',
    ...kinds.flatMap((kind) => section(kind, comments[kind], classNames[kind], nameOf)),
  ]);
}

function section(kind: Kind, comments: KindComments, className: string, nameOf: NameOf): readonly string[] {
  const description = descriptionOf(kind);
  const { text, source } = splitSource(comments.text);
  return [
    `## ${className}`,
    text,
    `Source: ${source}`,
    `\`\`\`ts\nimport * as apig from '@apig/provider';\n\n${exampleCode(kind, className)}\n\`\`\``,
    '### Arguments',
    ...argumentTables(description.input, comments.input, nameOf),
    '### Outputs',
    outputTable(idInWords(description), description.output, comments.output, nameOf),
    computedInWords(description),
    ...limitsInWords(description),
    '### Operations',
    table(
      ['Operation', 'Method and path', 'Success'],
      operationsOf(kind, comments).map(({ title, method, path, status }) => [
        title,
        code(`${method} ${documentedPath(path)}`),
        String(status),
      ]),
    ),
    '### Errors',
    errorTable(kind, comments),
  ];
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
  return lines.length === 0 ? [] : ['### Limits', lines.join('\n')];
}

function among(within: readonly string[]): string {
  return within.length === 0 ? ' in the project' : ` among those with the same ${listed(within.map(code))}`;
}

function errorTable(kind: Kind, comments: KindComments): string {
  const names = allErrorsOf(kind, comments);
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
