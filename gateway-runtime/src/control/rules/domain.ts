import { fail } from '@apig/sdk/contract';
import type { Rules } from '../kinds.ts';

/** Source: API reference, "Binding a Domain Name" and "Unbinding a Domain Name". */
export const domainRules: Rules<'domain'> = {
  takes: ['minTlsVersion', 'redirectToHttps'],
  keeps: ['minTlsVersion', 'redirectToHttps'],
  misplaced: 'domainOfOtherGroup',

  refusal: ({ path, error }) =>
    path[0] === 'name' && error === 'valueInvalid'
      ? fail('domainMalformed', { field: 'url_domain' })
      : undefined,

  check: ({ gatewayId, name }, id, _before, { draft }) => {
    // Names that differ in case or in the dot of the root are the same domain (RFC 4343, RFC 1034 section 3.1).
    const taken = draft
      .by('domain', 'gatewayId', gatewayId)
      .some((domain) => domain.id !== id && sameName(domain.body.name) === sameName(name));
    if (taken) throw fail('domainTaken', { name });
  },
};

function sameName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
