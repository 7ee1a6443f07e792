import type { BindingShape, Description } from '../describe.ts';
import { fieldsOf, type JsonSchema } from '../fields.ts';
import type { KindErrors } from './kind-errors.ts';
import { listQuery } from '../operations/kinds.ts';
import type { Kind } from '../resources/index.ts';
import { code } from './markdown.ts';
import {
  capitalized,
  objectSchema,
  pageSchema,
  PAGING,
  TEXT,
  type Operation,
} from '../operations/operation.ts';

/** The operations of a binding. The service knows one tie for each API; the binding is their set. */
export function bindingOperations(
  { kind, input, path }: Description,
  { answerKey, bound, byOwner, owner, target }: BindingShape,
  errors: KindErrors,
): readonly Operation[] {
  const name = capitalized(kind);
  const ref = fieldsOf(input).find((field) => field.name === owner.field)?.marks.ref ?? owner.field;
  const texts = { type: 'array', items: TEXT, minItems: 1 };
  const byApi = target === 'api';
  const environment = { ...TEXT, description: 'ID of the environment.' };
  const reading = [...errors.caller, ...errors.parents];
  const below = byOwner ? `${path}/{${owner.field}}` : path;
  return [
    ...(byApi && !byOwner
      ? []
      : [
          {
            id: `list${name}Publications`,
            title: 'Find the publications of the APIs',
            method: 'GET',
            path: 'instances/{gatewayId}/apis',
            status: 200,
            query: [...PAGING, { name: 'env_id', schema: TEXT, description: 'Only APIs published there.' }],
            errors: [...reading, 'pathOrQueryInvalid'],
            borrowed: true,
          } as const,
        ]),
    {
      id: `create${name}`,
      title: 'Bind APIs',
      method: 'POST',
      path: byOwner ? `${below}/${byOwner.attach}` : path,
      status: 201,
      request: byOwner
        ? objectSchema({ env_id: environment, api_ids: { ...texts, description: 'IDs of APIs.' } }, [
            'env_id',
            'api_ids',
          ])
        : byApi
          ? objectSchema(
              {
                [owner.body]: { ...texts, description: `IDs of kind ${code(ref)}.` },
                env_id: environment,
                api_ids: { ...texts, description: 'IDs of APIs.' },
              },
              [owner.body, 'env_id', 'api_ids'],
            )
          : objectSchema(
              {
                [owner.body]: { ...TEXT, description: `ID of kind ${code(ref)}.` },
                publish_ids: { ...texts, description: 'Publication IDs: each an API in an environment.' },
              },
              [owner.body, 'publish_ids'],
            ),
      answer: objectSchema(
        {
          [answerKey]: {
            type: 'array',
            items: byOwner ? tieOf(bound.bindingId) : byApi ? RESULT : tieOf('id'),
          },
        },
        [answerKey],
      ),
      errors: [
        ...errors.caller,
        ...errors.parents,
        ...(byApi ? errors.references : errors.ofFields([owner.field])),
        ...errors.input,
        ...errors.create,
        ...(byApi ? [] : (['publicationNotFound'] as const)),
      ],
    },
    {
      id: `list${name}`,
      title: 'List the bound APIs',
      method: 'GET',
      path: `${below}/${bound.path}`,
      status: 200,
      query: [
        ...PAGING,
        ...(byOwner
          ? []
          : [
              {
                name: owner.query,
                schema: TEXT,
                required: true,
                description: `ID of kind ${code(ref)}.`,
              } as const,
            ]),
        { name: 'env_id', schema: TEXT, description: 'Only those in this environment.' },
        ...listQuery(kind as Kind),
      ],
      answer: pageSchema(
        bound.listKey,
        objectSchema(
          {
            [bound.apiId]: { ...TEXT, description: 'ID of the API.' },
            [bound.bindingId]: { ...TEXT, description: 'ID of its tie, by which it is unbound.' },
          },
          [bound.apiId, bound.bindingId],
        ),
      ),
      errors: [
        ...reading,
        ...errors.ofFields([owner.field]).slice(3),
        ...(byOwner ? [] : (['valueMissing'] as const)),
        'pathOrQueryInvalid',
      ],
    },
    byOwner
      ? {
          id: `delete${name}`,
          title: 'Unbind APIs',
          method: 'PUT',
          path: `${below}/${byOwner.detach}`,
          status: 204,
          request: objectSchema({ env_id: environment, api_ids: { ...texts, description: 'IDs of APIs.' } }, [
            'env_id',
            'api_ids',
          ]),
          // An API that is not there is not bound either.
          errors: [...reading, ...errors.ofFields([owner.field, 'environmentId'])],
        }
      : {
          id: `delete${name}`,
          title: 'Unbind an API',
          method: 'DELETE',
          path: `${path}/{id}`,
          status: 204,
          errors: [...reading, ...errors.missing],
        },
  ];
}

function tieOf(key: string): JsonSchema {
  return objectSchema({ [key]: { ...TEXT, description: 'ID of the tie.' } }, [key]);
}

const RESULT = objectSchema(
  {
    id: { ...TEXT, description: 'ID of the tie.' },
    auth_result: {
      ...objectSchema(
        {
          status: { type: 'string', enum: ['SUCCESS', 'SKIPPED', 'FAILED'] },
          error_code: TEXT,
          error_msg: TEXT,
        },
        ['status'],
      ),
      description: 'What became of this API. SKIPPED: it was bound before.',
    },
  },
  ['auth_result'],
);
