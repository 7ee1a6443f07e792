import type { Json } from '@apig/sdk/contract';
import { FIELD, OWN_FIELD } from './extension-fields.ts';
import type { SourceDocument } from './read-document.ts';
import { invalid, isObject, objectAt, own } from './values.ts';

/** Field of a path to the method of an API. */
const METHODS: Readonly<Record<string, string>> = {
  get: 'GET',
  put: 'PUT',
  post: 'POST',
  delete: 'DELETE',
  options: 'OPTIONS',
  head: 'HEAD',
  patch: 'PATCH',
  [FIELD.anyMethod]: 'ANY',
};

/** An operation of a document, as it stands there. */
export interface SourceOperation {
  /** As callers send it, with the document's base path. */
  readonly path: string;
  /** `ANY`, or that of HTTP; `TRACE`, which no API has, among them. */
  readonly method: string;
  readonly definition: Json;
  /** Parameters of all operations of the path. */
  readonly shared: readonly unknown[];
}

/** All operations of a document, in its order. */
export function operationsOf(document: SourceDocument): readonly SourceOperation[] {
  const { root, version } = document;
  const base = version === '2.0' ? basePathOf(root) : '';
  return Object.entries(objectAt(root, 'paths') ?? {}).flatMap(([path, given]) => {
    if (path.startsWith('x-')) return [];
    const item = document.resolve(given);
    if (!isObject(item)) throw invalid('paths', 'expected objects');
    const shared = own(item, 'parameters');
    const common = {
      path: `${base}${path}`,
      shared: Array.isArray(shared) ? (shared as readonly unknown[]) : [],
    };
    const beside = objectAt(item, OWN_FIELD.prefixOperations) ?? {};
    return [
      ...Object.entries(METHODS).map(([field, method]) => ({ method, definition: own(item, field) })),
      { method: 'TRACE', definition: own(item, 'trace') },
      ...Object.entries(METHODS).map(([field, method]) => ({
        method,
        definition: own(beside, keyOf(field)),
      })),
    ].flatMap(({ method, definition }) => (isObject(definition) ? [{ ...common, method, definition }] : []));
  });
}

/** Adds an operation to the paths of a document. */
export function addOperation(paths: Json, path: string, method: string, definition: Json): void {
  const item = (paths[path] ??= {}) as Json;
  const field = Object.keys(METHODS).find((name) => METHODS[name] === method) ?? FIELD.anyMethod;
  if (item[field] === undefined) {
    item[field] = definition;
    return;
  }
  // Only a match of the whole path and one of its beginning can have the same path and method.
  const beside = (item[OWN_FIELD.prefixOperations] ??= {}) as Json;
  const taken = item[field] as Json;
  const [exact, prefix] = taken[FIELD.matchMode] === 'SWA' ? [definition, taken] : [taken, definition];
  item[field] = exact;
  beside[keyOf(field)] = prefix;
}

function keyOf(field: string): string {
  return field === FIELD.anyMethod ? 'any' : field;
}

function basePathOf(root: Json): string {
  const base = own(root, 'basePath');
  return typeof base === 'string' ? base.replace(/\/+$/, '') : '';
}
