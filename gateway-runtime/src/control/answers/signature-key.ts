import type { Json } from '@apig/sdk/contract';
import type { Stored } from '../../store/configuration.ts';
import type { Answers } from '../kinds.ts';
import { toSeconds } from '../times.ts';
import { baseAnswer, byId, byText } from './base.ts';

/** Source: API reference, "Creating a Signature Key" and "Querying Signature Keys". */
export const signatureKeyAnswers: Answers<'signatureKey'> = {
  item: signatureKeyAnswer,
  listed: (key, { configuration }) => ({
    ...signatureKeyAnswer(key),
    bind_num: configuration.by('signatureBinding', 'signatureKeyId', key.id).length,
    ldapi_bind_num: 0,
  }),
  filters: { id: byId(), name: byText(({ body }) => body.name) },
};

function signatureKeyAnswer(key: Stored<'signatureKey'>): Json {
  return { sign_algorithm: '', ...baseAnswer(key), update_time: toSeconds(key.updatedAt) };
}
