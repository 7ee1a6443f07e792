import { fail } from '@apig/sdk/contract';
import type { Bodies } from '../../store/configuration.ts';
import type { Rules } from '../kinds.ts';
import { randomHex } from './secrets.ts';

/** Source: API reference, "Creating an App" and "Deleting an App". */
export const appRules: Rules<'app'> = {
  complete: (value) => {
    // Settled by the kind's own description, so it is what the kind stores, but for what is chosen here.
    const settled = value as Omit<Bodies['app'], 'appKey' | 'appSecret'> & Partial<Bodies['app']>;
    return {
      ...settled,
      appKey: settled.appKey ?? randomHex(32),
      appSecret: settled.appSecret ?? randomHex(32),
    };
  },

  check: ({ gatewayId, appKey }, id, _before, { draft }) => {
    const others = draft
      .by('app', 'appKey', appKey)
      .filter((app) => app.body.gatewayId === gatewayId && app.id !== id);
    if (others.length > 0) throw fail('appKeyTaken', { name: appKey });
  },

  deleting: ({ id, body }, { draft }) => {
    for (const code of draft.by('appCode', 'appId', id)) draft.remove(code);
    for (const authorization of draft.by('appAuthorization', 'appId', id)) draft.remove(authorization);
    for (const acl of draft.by('appAcl', 'appId', id)) draft.remove(acl);
    for (const binding of draft.by('appQuotaBinding', 'appId', id)) draft.remove(binding);
    for (const exception of draft.by('throttleException', 'gatewayId', body.gatewayId)) {
      if (exception.body.objectType === 'APP' && exception.body.objectId === id) draft.remove(exception);
    }
  },
};
