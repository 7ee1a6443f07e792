import type { Json } from '@apig/sdk/contract';
import type { Stored } from '../../store/configuration.ts';
import type { Answers } from '../kinds.ts';
import { toSeconds } from '../times.ts';
import { baseAnswer, byId, byText, byValue } from './base.ts';

/** Source: API reference, "Creating an Access Control Policy" and "Querying Access Control Policies". */
export const aclAnswers: Answers<'acl'> = {
  item: aclAnswer,
  listed: (acl, { configuration }) => ({
    ...aclAnswer(acl),
    bind_num: configuration.by('aclBinding', 'aclId', acl.id).length,
  }),
  filters: {
    id: byId(),
    name: byText(({ body }) => body.name),
    // Clients ask by this name too.
    acl_name: byText(({ body }) => body.name),
    acl_type: byValue(({ body }) => body.type),
    entity_type: byValue(({ body }) => body.entityType),
  },
};

function aclAnswer(acl: Stored<'acl'>): Json {
  return { ...baseAnswer(acl), update_time: toSeconds(acl.updatedAt) };
}
