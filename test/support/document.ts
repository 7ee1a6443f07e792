import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';

/** A JSON Schema of the document. */
export type Schema = Readonly<Record<string, unknown>>;

/** A parameter as the document has it. */
export interface DocumentedParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

/** An operation as the document has it. */
export interface DocumentedOperation {
  readonly id: string;
  readonly method: string;
  /** With `{name}`s. */
  readonly path: string;
  /** Status of a success. */
  readonly status: number;
  readonly parameters: readonly DocumentedParameter[];
  /** Schema of the request; undefined when it takes none. */
  readonly request: Schema | undefined;
  /** Media type of the request. */
  readonly requestType: string | undefined;
  readonly requestRequired: boolean;
  /** Status to the codes of the errors that have it. */
  readonly errors: ReadonlyMap<number, readonly string[]>;
  /** Anybody may call it. */
  readonly isOpen: boolean;
}

interface Raw {
  readonly operationId: string;
  readonly parameters?: readonly DocumentedParameter[];
  readonly security?: readonly unknown[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}

const document = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../sdk/reference/openapi.json'), 'utf8'),
) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

const ajv = new Ajv2020({
  strict: false,
  allErrors: true,
  formats: { password: true, binary: true, 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/ },
});
ajv.addSchema(document, 'openapi.json');

const METHODS = ['get', 'post', 'put', 'delete'];

/** Every operation of the document of the management API. */
export const operations: readonly DocumentedOperation[] = Object.entries(document.paths).flatMap(
  ([path, item]) =>
    METHODS.filter((method) => method in item).map((method) => toOperation(path, method, item)),
);

/** The operation of that name. */
export function operationOf(id: string): DocumentedOperation {
  const found = operations.find((operation) => operation.id === id);
  if (found === undefined) throw new Error(`the document has no operation ${id}`);
  return found;
}

/** A schema of the document with the reference that it may be followed. */
export function resolved(schema: Schema): Schema {
  const name = /^#\/components\/schemas\/(\w+)$/.exec(String(schema['$ref']))?.[1];
  if (name === undefined) return schema;
  const { $ref: _, ...rest } = schema;
  const target = document.components.schemas[name] ?? {};
  return {
    ...target,
    ...rest,
    properties: { ...(target['properties'] as object), ...(rest['properties'] as object) },
  };
}

/** What in an answer is not as the document has it; none is what is looked for. */
export function answerFaults(
  { id, method, path, status: success, errors }: DocumentedOperation,
  status: number,
  mediaType: string | undefined,
  body: unknown,
): readonly string[] {
  const responses = (document.paths[path]?.[method.toLowerCase()] as Raw).responses;
  const known = status === success || errors.has(status);
  const response = responses[known ? String(status) : 'default'];
  if (known && response?.content === undefined) {
    return body === undefined ? [] : [`${id} ${status}: has a body`];
  }
  if (body === undefined) return [`${id} ${status}: has no body`];
  const [type] = Object.keys(response?.content ?? { 'application/json': true });
  if (mediaType?.startsWith(type ?? '') !== true) return [`${id} ${status}: is ${mediaType ?? 'of no type'}`];
  if (type !== 'application/json') return [];
  const pointer = known
    ? ['paths', path, method.toLowerCase(), 'responses', String(status), 'content', type, 'schema']
    : [
        'components',
        'responses',
        path.startsWith('/v3') || path === '/' ? 'IdentityError' : 'Error',
        'content',
        type,
        'schema',
      ];
  return schemaFaults(pointer, body).map((fault) => `${id} ${status}: ${fault}`);
}

/** What in a request is not as the document has it. */
export function requestFaults({ path, method }: DocumentedOperation, body: unknown): readonly string[] {
  return schemaFaults(
    ['paths', path, method.toLowerCase(), 'requestBody', 'content', 'application/json', 'schema'],
    body,
  );
}

function schemaFaults(pointer: readonly string[], value: unknown): readonly string[] {
  const steps = pointer.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')));
  const validate = ajv.getSchema(`openapi.json#/${steps.join('/')}`);
  if (validate === undefined) return [`no schema at ${pointer.join(' ')}`];
  return validate(value) === true ? [] : (validate.errors ?? []).map(toText);
}

function toText({ instancePath, message, params }: ErrorObject): string {
  return `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`;
}

function toOperation(
  path: string,
  method: string,
  item: Readonly<Record<string, unknown>>,
): DocumentedOperation {
  const raw = item[method] as Raw;
  const inPath = (item['parameters'] ?? []) as readonly (DocumentedParameter | { readonly $ref: string })[];
  const [requestType, media] = Object.entries(raw.requestBody?.content ?? {})[0] ?? [];
  const statuses = Object.keys(raw.responses).filter((status) => status !== 'default');
  const success = statuses.find((status) => status.startsWith('2'));
  return {
    id: raw.operationId,
    method: method.toUpperCase(),
    path,
    status: Number(success),
    parameters: [...inPath.filter((each) => 'name' in each), ...(raw.parameters ?? [])],
    request: media?.schema,
    requestType,
    requestRequired: raw.requestBody?.required === true,
    errors: new Map(
      statuses
        .filter((status) => status !== success)
        .map((status) => [
          Number(status),
          codesOf(raw.responses[status]?.content?.['application/json']?.schema),
        ]),
    ),
    isOpen: raw.security?.length === 0,
  };
}

function codesOf(schema: Schema | undefined): readonly string[] {
  const properties = schema?.['properties'] as
    { readonly error_code?: { readonly enum: readonly string[] } } | undefined;
  return properties?.error_code?.enum ?? [];
}
