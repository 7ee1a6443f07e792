import { fail } from '@apig/sdk/contract';
import type { Bodies } from '../../store/configuration.ts';
import type { Rules } from '../kinds.ts';
import { randomHex } from './secrets.ts';

/** Source: API reference, "Creating an App Code" and "Generating an App Code". */
export const appCodeRules: Rules<'appCode'> = {
  complete: (value) => {
    // Settled by the kind's own description, so it is what the kind stores, but for what is chosen here.
    const settled = value as Omit<Bodies['appCode'], 'code'> & Partial<Bodies['appCode']>;
    return { ...settled, code: settled.code ?? randomHex(64) };
  },

  check: ({ gatewayId, code }, id, _before, { draft }) => {
    // A code is all that a caller shows, so it stands for one app of the gateway.
    const others = draft
      .by('appCode', 'code', code)
      .filter((other) => other.body.gatewayId === gatewayId && other.id !== id);
    if (others.length === 0) return;
    throw fail('valueInvalid', { reason: 'expected a code that is not taken', field: 'app_code' });
  },
};
