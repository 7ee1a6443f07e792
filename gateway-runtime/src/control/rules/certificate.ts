import { createSecureContext } from 'node:tls';
import { fail, parseCertificates } from '@apig/sdk/contract';
import type { Bodies } from '../../store/configuration.ts';
import type { Rules } from '../kinds.ts';
import { gatewayOfPath } from '../lookup.ts';
import { toMilliseconds } from '../times.ts';
import { assertCovers } from './certificate-names.ts';

/** The end of time where it is counted in 31 bits of seconds. */
const LAST_MS = (2 ** 31 - 1) * 1000;

/** Source: API reference, "Creating an SSL Certificate", "Modifying an SSL Certificate" and "Deleting an SSL Certificate". */
export const certificateRules: Rules<'certificate'> = {
  complete: (value, before, { account }) => ({
    // Settled by the kind's own description, so it is what the kind stores.
    ...(value as Omit<Bodies['certificate'], 'projectId'>),
    projectId: before?.body.projectId ?? account.projectId,
  }),

  check: (value, id, _before, { draft, account }) => {
    if (value.gatewayId !== undefined) gatewayOfPath(draft, account, value.gatewayId);
    assertInTime(value, toMilliseconds(draft.now));
    assertServes(value);
    for (const domain of draft.by('domain', 'certificateId', id)) assertCovers(value, domain.body.name);
  },

  updated: ({ id, body }, { draft }) => {
    // Callers cannot be asked for what nothing here could prove.
    if (body.trustedRootCa !== undefined) return;
    for (const domain of draft.by('domain', 'certificateId', id)) {
      draft.put('domain', domain.id, { ...domain.body, verifyClientCertificate: false });
    }
  },

  deleting: ({ id }, { draft }) => {
    if (draft.by('domain', 'certificateId', id).length > 0) throw fail('certificateInUse', { id });
  },
};

function assertInTime({ certificate }: Bodies['certificate'], nowMs: number): void {
  for (const { validToDate } of parseCertificates(certificate) ?? []) {
    if (validToDate.getTime() <= nowMs) throw fail('certificateExpired');
    if (validToDate.getTime() > LAST_MS) throw fail('certificateEndsTooLate', { field: 'cert_content' });
  }
}

/** @throws certificateKeyUnusable for what the TLS library would not serve, such as a key that is too short. */
function assertServes({ certificate, privateKey, trustedRootCa }: Bodies['certificate']): void {
  try {
    createSecureContext({ cert: certificate, key: privateKey, ca: trustedRootCa });
  } catch (error) {
    throw fail('certificateKeyUnusable', {}, { cause: error });
  }
}
