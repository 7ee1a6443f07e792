import type { ResourceValidationPolicy } from '@pulumi/policy';
import { isKind, known } from './declared.ts';

/** APIs are called over TLS only. */
export const httpsOnly: ResourceValidationPolicy = {
  name: 'apig-https-only',
  description: 'APIs are called over TLS only, so that nobody on the way reads or changes calls.',
  enforcementLevel: 'mandatory',
  validateResource: ({ type, props }, report) => {
    if (!isKind('api', type)) return;
    const protocol = known(props, 'protocol');
    if (protocol === 'HTTP' || protocol === 'BOTH')
      report(`protocol: expected HTTPS or GRPCS; ${protocol} takes calls in clear`);
  },
};
