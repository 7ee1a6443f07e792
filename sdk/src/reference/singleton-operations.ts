import type { Description, SingletonShape } from '../describe.ts';
import type { KindErrors } from './kind-errors.ts';
import {
  capitalized,
  objectSchema,
  pageSchema,
  PAGING,
  schemaRef,
  type Operation,
} from '../operations/operation.ts';

/** The operations of a kind of which there is one object below its parents, or one for each name. */
export function singletonOperations(
  { kind, path }: Description,
  { set, read, end }: SingletonShape,
  errors: KindErrors,
): readonly Operation[] {
  const name = capitalized(kind);
  const object = schemaRef(name);
  const reading = [...errors.caller, ...errors.parents];
  return [
    {
      id: `set${name}`,
      title: 'Set',
      method: set.method,
      path,
      status: set.status,
      request: schemaRef(`${name}Create`),
      answer: object,
      errors: [...reading, ...errors.references, ...errors.input, ...errors.create],
    },
    read.by === 'get'
      ? {
          id: `get${name}`,
          title: 'Read; without fields when it is not set',
          method: 'GET',
          path,
          status: 200,
          answer: { anyOf: [object, objectSchema({})] },
          errors: reading,
        }
      : {
          id: `list${name}`,
          title: 'List, and read',
          method: 'GET',
          path,
          status: 200,
          query: PAGING,
          answer: pageSchema(read.listKey, object),
          errors: [...reading, 'pathOrQueryInvalid'],
        },
    ...(end === 'DELETE'
      ? [{ id: `delete${name}`, title: 'Remove', method: end, path, status: 204, errors: reading } as const]
      : []),
  ];
}
