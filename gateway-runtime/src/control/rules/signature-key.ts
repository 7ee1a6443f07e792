import { fail } from '@apig/sdk/contract';
import type { Bodies } from '../../store/configuration.ts';
import type { Rules } from '../kinds.ts';
import { randomHex } from './secrets.ts';

const OFFERED: readonly string[] = ['hmac', 'basic'];

/** Source: API reference, "Creating a Signature Key" and "Deleting a Signature Key". */
export const signatureKeyRules: Rules<'signatureKey'> = {
  keeps: ['type', 'algorithm'],

  complete: (value) => {
    // Settled by the kind's own description, so it is what the kind stores, but for what is chosen here.
    const settled = value as Omit<Bodies['signatureKey'], 'key' | 'secret'> & Partial<Bodies['signatureKey']>;
    return { ...settled, key: settled.key ?? randomHex(32), secret: settled.secret ?? randomHex(32) };
  },

  check: ({ type }) => {
    if (!OFFERED.includes(type)) throw fail('signatureTypeNotSupported', { name: type });
  },

  deleting: ({ id }, { draft }) => {
    for (const binding of draft.by('signatureBinding', 'signatureKeyId', id)) draft.remove(binding);
  },
};
