import { controlErrors, runtimeErrors } from '../errors.ts';
import type { JsonSchema } from '../fields.ts';
import { schemaRef, TEXT, type Area, type Operation, type Parameter } from '../operations/operation.ts';
import { descriptionOf, type Kind } from '../resources/index.ts';
import type { Comments } from './comments.ts';
import { distinct } from './kind-errors.ts';
import { operationsOf } from './operations.ts';
import { documentedPath, parametersOf } from './paths.ts';

/** A path of an OpenAPI document: its `parameters`, and an operation for each method. */
export type PathItem = Readonly<Record<string, unknown>>;

/** The operations of the given kinds and areas, by their paths. */
export function pathItems(
  kinds: readonly Kind[],
  areas: readonly Area[],
  comments: Comments,
): Readonly<Record<string, PathItem>> {
  const ofKinds = kinds.flatMap((kind) =>
    operationsOf(kind, comments[kind]).map((operation): Listed => ({
      tag: descriptionOf(kind).title,
      operation,
    })),
  );
  const ofAreas = areas.flatMap(({ title, operations }) =>
    operations.map((operation): Listed => ({ tag: title, operation, source: operation.source })),
  );
  const places = groupedBy([...ofKinds, ...ofAreas], ({ operation }) => documentedPath(operation.path));
  return Object.fromEntries(
    places.map(([path, here]) => {
      const methods = groupedBy(here, ({ operation }) => operation.method.toLowerCase());
      const described = methods.map(([method, same]) => [method, toOpenApi(path, same)] as const);
      const parameters = [
        ...parametersOf(path).map(inPath),
        ...(isOfProject(path) ? [{ $ref: '#/components/parameters/Changeset' }] : []),
      ];
      return [path, { ...(parameters.length > 0 && { parameters }), ...Object.fromEntries(described) }];
    }),
  );
}

/** An operation, and the title below which it is listed. */
interface Listed {
  readonly tag: string;
  readonly operation: Operation;
  readonly source?: string;
}

/** What several kinds use is the operation of the one that does not borrow it, with the parameters that the others need. */
function toOpenApi(path: string, same: readonly [Listed, ...Listed[]]): object {
  const owners = same.filter(({ operation }) => !operation.borrowed);
  if (owners.length > 1) throw new Error(`${path} is described twice`);
  const own = owners[0] ?? same[0];
  const { tag, operation, source } = own;
  const queries = [own, ...same].flatMap((each) => each.operation.query ?? []);
  const query = groupedBy(queries, ({ name }) => name).map(([, [first]]) => first);
  const parameters = [
    ...query.map((each) => parameterIn('query', each)),
    ...(operation.headers ?? []).map((each) => parameterIn('header', each)),
  ];
  return {
    operationId: operation.id,
    summary: operation.title,
    ...(source !== undefined && { description: `Source: ${source}` }),
    tags: [tag],
    ...(operation.isOpen && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(operation.request !== undefined && {
      requestBody: {
        ...(operation.requestOptional ? {} : { required: true }),
        content: content(operation.request, operation.requestType),
      },
    }),
    responses: {
      [operation.status]: success(operation),
      ...failures(path, operation),
      default: { $ref: `#/components/responses/${formOf(path)}` },
    },
  };
}

function success({ status, answer, answerType, answerHeaders = {} }: Operation): object {
  const headers = Object.entries(answerHeaders).map(([name, description]) => [
    name,
    { description, schema: TEXT },
  ]);
  return {
    description: status === 202 ? 'Accepted; takes some time.' : 'Done.',
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) as object }),
    ...(answer !== undefined && { content: content(answer, answerType) }),
  };
}

/** Each status that an error has, with the codes that it comes with. */
function failures(
  path: string,
  { changesNothing, errors, method }: Operation,
): Readonly<Record<string, object>> {
  const catalogue = { ...controlErrors, ...runtimeErrors };
  const ofChangesets = method === 'GET' || changesNothing ? STAGED_READS : STAGED_WRITES;
  const entries = distinct([...errors, ...(isOfProject(path) ? ofChangesets : [])]).map(
    (name) => catalogue[name],
  );
  return Object.fromEntries(
    groupedBy(entries, ({ status }) => String(status)).map(([status, same]) => {
      const texts = same.map(({ code, message }) => `${code}: ${message}`).toSorted();
      const codes = distinct(same.map(({ code }): string => code)).toSorted();
      const schema = { ...schemaRef(formOf(path)), properties: { error_code: { enum: codes } } };
      return [status, { description: texts.join('\n\n'), content: content(schema) }];
    }),
  );
}

/** What calls that name a changeset can meet. */
const STAGED_READS = ['changesetNotFound'] as const;
const STAGED_WRITES = ['changesetNotFound', 'changesetFull', 'headerInvalid'] as const;

function isOfProject(path: string): boolean {
  return path.startsWith('/v2/');
}

/** The component that has the form of the errors at a path: clients of the identity service read another one. */
function formOf(path: string): string {
  return /^\/(?:v3(?:\/|$)|$)/.test(path) ? 'IdentityError' : 'Error';
}

function inPath(name: string): object {
  return { name, in: 'path', required: true, schema: TEXT };
}

function parameterIn(place: 'query' | 'header', { name, required, description, schema }: Parameter): object {
  return { name, in: place, ...(required && { required }), ...(description && { description }), schema };
}

function content(schema: JsonSchema, type = 'application/json'): object {
  return { [type]: { schema } };
}

/** The items of each key, in the order in which the keys occur first. */
function groupedBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): readonly (readonly [string, readonly [T, ...T[]]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return [...groups];
}
