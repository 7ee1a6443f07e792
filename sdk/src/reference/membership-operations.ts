import type { Description, MembershipShape } from '../describe.ts';
import { listQuery } from '../operations/kinds.ts';
import type { Kind } from '../resources/index.ts';
import type { KindErrors } from './kind-errors.ts';
import {
  capitalized,
  objectSchema,
  pageSchema,
  PAGING,
  TEXT,
  type Operation,
} from '../operations/operation.ts';

/** The operations of a binding that ties objects to one owner. */
export function membershipOperations(
  { kind, path }: Description,
  { members, bind, bound }: MembershipShape,
  errors: KindErrors,
): readonly Operation[] {
  const name = capitalized(kind);
  const reading = [...errors.caller, ...errors.parents];
  const member = { ...TEXT, description: 'ID of what is bound.' };
  return [
    {
      id: `create${name}`,
      title: 'Bind',
      method: 'POST',
      path: `${path}/${bind.path}`,
      status: 201,
      request: objectSchema({ [members.body]: { type: 'array', items: TEXT, minItems: 1 } }, [members.body]),
      answer: objectSchema(
        { [bind.answerKey]: { type: 'array', items: objectSchema({ [bound.memberId]: member }) } },
        [bind.answerKey],
      ),
      errors: [...reading, ...errors.references, ...errors.input, ...errors.create],
    },
    {
      id: `list${name}`,
      title: 'List what is bound',
      method: 'GET',
      path: `${path}/${bound.path}`,
      status: 200,
      query: [...PAGING, ...listQuery(kind as Kind)],
      answer: pageSchema(bound.listKey, objectSchema({ [bound.memberId]: member }, [bound.memberId])),
      errors: [...reading, 'pathOrQueryInvalid'],
    },
    {
      id: `delete${name}`,
      title: 'Unbind',
      method: 'DELETE',
      path: `${path}/${bound.path}/{id}`,
      status: 204,
      errors: [...reading, ...errors.missing, ...errors.remove],
    },
  ];
}
