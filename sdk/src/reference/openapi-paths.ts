import { controlErrors, type ControlErrorName } from '../errors.ts';
import type { JsonSchema } from '../fields.ts';
import { descriptionOf, type Kind } from '../resources/index.ts';
import type { Comments } from './comments.ts';
import { distinct } from './kind-errors.ts';
import { schemaRef, TEXT, type Operation, type QueryParameter } from './operation.ts';
import { operationsOf } from './operations.ts';
import { documentedPath, parametersOf } from './paths.ts';

/** A path of an OpenAPI document: its `parameters`, and an operation for each method. */
export type PathItem = Readonly<Record<string, unknown>>;

/** The operations of the given kinds, by their paths. */
export function pathItems(kinds: readonly Kind[], comments: Comments): Readonly<Record<string, PathItem>> {
  const operations = kinds.flatMap((kind) =>
    operationsOf(kind, comments[kind]).map((operation) => ({ kind, operation })),
  );
  const places = groupedBy(operations, ({ operation }) => documentedPath(operation.path));
  return Object.fromEntries(
    places.map(([path, here]) => {
      const methods = groupedBy(here, ({ operation }) => operation.method.toLowerCase());
      const described = methods.map(([method, same]) => [method, toOpenApi(same)] as const);
      return [path, { parameters: parametersOf(path).map(inPath), ...Object.fromEntries(described) }];
    }),
  );
}

/** An operation, and the kind with whose operations it is listed. */
interface Listed {
  readonly kind: Kind;
  readonly operation: Operation;
}

/** What several kinds use is the operation of the one that does not borrow it, with the parameters that the others need. */
function toOpenApi(same: readonly [Listed, ...Listed[]]): object {
  const own = same.find(({ operation }) => !operation.borrowed) ?? same[0];
  const { id, title, request, status, answer, errors } = own.operation;
  const queries = [own, ...same].flatMap(({ operation }) => operation.query ?? []);
  const parameters = groupedBy(queries, ({ name }) => name).map(([, [first]]) => first);
  return {
    operationId: id,
    summary: title,
    tags: [descriptionOf(own.kind).title],
    ...(parameters.length === 0 ? {} : { parameters: parameters.map(inQuery) }),
    ...(request === undefined ? {} : { requestBody: { required: true, content: json(request) } }),
    responses: {
      [status]: {
        description: status === 202 ? 'Accepted; takes some time.' : 'Done.',
        ...(answer === undefined ? {} : { content: json(answer) }),
      },
      ...failures(errors),
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

function failures(errors: readonly ControlErrorName[]): Readonly<Record<string, object>> {
  const entries = distinct(errors).map((name) => controlErrors[name]);
  return Object.fromEntries(
    groupedBy(entries, ({ status }) => String(status)).map(([status, same]) => {
      const texts = same.map(({ code, message }) => `${code}: ${message}`).toSorted();
      return [status, { description: texts.join('\n\n'), content: json(schemaRef('Error')) }];
    }),
  );
}

function inPath(name: string): object {
  return { name, in: 'path', required: true, schema: TEXT };
}

function inQuery({ name, required, description, schema }: QueryParameter): object {
  return { name, in: 'query', ...(required && { required }), ...(description && { description }), schema };
}

function json(schema: JsonSchema): object {
  return { 'application/json': { schema } };
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
