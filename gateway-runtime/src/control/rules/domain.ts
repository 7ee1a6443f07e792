import { fail, formOfDomain } from '@apig/sdk/contract';
import type { Rules } from '../kinds.ts';

/** Source: API reference, "Binding a Domain Name" and "Unbinding a Domain Name". */
export const domainRules: Rules<'domain'> = {
  // A certificate is attached by operations of its own.
  takes: ['minTlsVersion', 'redirectToHttps', 'verifyClientCertificate'],
  keeps: ['minTlsVersion', 'redirectToHttps'],
  misplaced: 'domainOfOtherGroup',

  refusal: ({ path, error }) =>
    path[0] === 'name' && error === 'valueInvalid'
      ? fail('domainMalformed', { field: 'url_domain' })
      : undefined,

  check: ({ gatewayId, name, certificateId, verifyClientCertificate }, id, _before, { draft }) => {
    if (verifyClientCertificate === true && certificateId !== undefined) {
      const certificate = draft.get('certificate', certificateId);
      if (certificate?.body.trustedRootCa === undefined) {
        const reason = 'expected true only with a certificate that has a trusted root CA';
        throw fail('valueInvalid', { reason, field: 'verified_client_certificate_enabled' });
      }
    }
    const taken = draft
      .by('domain', 'gatewayId', gatewayId)
      .some((domain) => domain.id !== id && formOfDomain(domain.body.name) === formOfDomain(name));
    if (taken) throw fail('domainTaken', { name });
  },
};
