import type { Policies } from '@pulumi/policy';
import { httpsOnly } from './https-only.ts';
import { noAnonymousApi } from './no-anonymous-api.ts';
import { noOpenAcl } from './no-open-acl.ts';
import { noSecretInClear } from './no-secret-in-clear.ts';
import { throttledApis } from './throttled-apis.ts';

/*
 * Door ./policies. What most teams ask of their gateways, as policies for a pack of Pulumi's:
 * `new PolicyPack('apig-policies', { policies: apigPolicies() })`.
 */

/** All of the policies, mandatory unless a configuration of the pack says otherwise. */
export function apigPolicies(): Policies {
  return [httpsOnly, noAnonymousApi, throttledApis, noOpenAcl, noSecretInClear];
}
