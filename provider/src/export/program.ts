import { RELEASE_ENVIRONMENT_ID, descriptionOf, fieldsOf, type Json } from '@apig/sdk/contract';
import { TYPE_NAMES } from '../type-names.ts';
import type { ExportedResource } from './resources.ts';

/** An expression in the program. */
class Expression {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The TypeScript program that declares the resources: each once, after those that it refers to. */
export function toProgram(exported: readonly ExportedResource[]): string {
  const written = exported.map((resource) => ({ resource, args: argsOf(resource, exported) }));
  const declarations: string[] = [];
  const used = new Set<string>();
  const done = new Set<string>();
  const declare = ({ resource, args }: (typeof written)[number]): void => {
    if (done.has(resource.variable)) return;
    done.add(resource.variable);
    const names = expressionsIn(args).map(({ text }) => text.split('.', 1)[0] ?? '');
    for (const name of names) used.add(name);
    for (const other of written) if (names.includes(other.resource.variable)) declare(other);
    declarations.push(
      `new apig.${TYPE_NAMES[resource.kind]}(${print(resource.name, '')}, ${print(args, '')});`,
    );
    const last = declarations.length - 1;
    const { variable } = resource;
    // Known only when all others are written: whether one of them refers to it.
    declarations[last] = `${variable}\n${declarations[last] ?? ''}`;
  };
  written.forEach(declare);
  const body = declarations.map((text) => {
    const [variable = '', ...rest] = text.split('\n');
    return `${used.has(variable) ? `const ${variable} = ` : ''}${rest.join('\n')}`;
  });
  const settings = exported.some((resource) => resource.settings.size > 0);
  return [
    "import * as apig from '@apig/provider';",
    ...(settings ? ["import { Config } from '@pulumi/pulumi';", '', 'const config = new Config();'] : []),
    '',
    ...body,
    '',
  ].join('\n');
}

/** The arguments of a resource, with expressions for what other resources and the stack's configuration say. */
function argsOf(resource: ExportedResource, exported: readonly ExportedResource[]): Json {
  const { kind, args, settings } = resource;
  // Others have the IDs of what they tie together.
  const byId = new Map(
    exported
      .filter((other) => other !== resource && descriptionOf(other.kind).operations.shape === 'collection')
      .map((other) => [other.id, other]),
  );
  const deployments = exported.filter((other) => other.kind === 'deployment' && kind !== 'deployment');
  const published = (apiId: unknown) =>
    deployments.find(
      ({ args: its }) => its['apiId'] === apiId && its['environmentId'] === args['environmentId'],
    );
  const refer = (value: unknown, field: string): unknown => {
    if (Array.isArray(value)) return value.map((item: unknown) => refer(item, field));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, refer(item, name)]));
    }
    // A binding follows the publications of its APIs.
    const deployment = field === 'apiIds' ? published(value) : undefined;
    if (deployment !== undefined) return new Expression(`${deployment.variable}.apiId`);
    if (value === RELEASE_ENVIRONMENT_ID) return new Expression('apig.RELEASE_ENVIRONMENT_ID');
    const other = typeof value === 'string' ? byId.get(value) : undefined;
    return other === undefined ? value : new Expression(`${other.variable}.id`);
  };
  const api = kind === 'deployment' ? byId.get(String(args['apiId'])) : undefined;
  const followsApi = api !== undefined && api.outputs['digest'] === args['apiDigest'];
  const secrets = fieldsOf(descriptionOf(kind).input).filter(({ marks }) => marks.secret);
  return {
    ...Object.fromEntries(Object.entries(args).map(([name, value]) => [name, refer(value, name)])),
    ...(followsApi ? { apiDigest: new Expression(`${api.variable}.digest`) } : {}),
    ...Object.fromEntries(
      [...settings].map(([field, key]) => {
        const isSecret = secrets.some(({ name }) => name === field);
        return [field, new Expression(`config.${isSecret ? 'requireSecret' : 'require'}('${key}')`)];
      }),
    ),
  };
}

function expressionsIn(value: unknown): readonly Expression[] {
  if (value instanceof Expression) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(expressionsIn);
}

/** A value as TypeScript, on one line where that is short. */
function print(value: unknown, indent: string): string {
  if (value instanceof Expression) return value.text;
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const deeper = `${indent}  `;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const items = Array.isArray(value)
    ? value.map((item: unknown) => print(item, deeper))
    : Object.entries(value).map(([name, item]) => `${toKey(name)}: ${print(item, deeper)}`);
  if (items.length === 0) return `${open}${close}`;
  const line = items.join(', ');
  const pad = Array.isArray(value) ? '' : ' ';
  if (line.length + indent.length < 80 && !line.includes('\n')) return `${open}${pad}${line}${pad}${close}`;
  return `${open}\n${items.map((item) => `${deeper}${item},\n`).join('')}${indent}${close}`;
}

function toKey(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name);
}

function quote(text: string): string {
  // JSON is a subset of what may stand between double quotes; within single ones other characters are escaped.
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inner}'`;
}
