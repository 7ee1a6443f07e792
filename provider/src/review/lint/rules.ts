import type { Rule } from './rule.ts';
import { accountListWithoutAccounts } from './rules/account-list-without-accounts.ts';
import { aclForEverybody } from './rules/acl-for-everybody.ts';
import { appCodeOverHttp } from './rules/app-code-over-http.ts';
import { authorizationWithoutApp } from './rules/authorization-without-app.ts';
import { conflictingRoutes } from './rules/conflicting-routes.ts';
import { debugDomainOnly } from './rules/debug-domain-only.ts';
import { duplicateDomain } from './rules/duplicate-domain.ts';
import { redirectWithoutCertificate } from './rules/redirect-without-certificate.ts';
import { shadowedRoute } from './rules/shadowed-route.ts';
import { signatureWithoutBackend } from './rules/signature-without-backend.ts';
import { throttleAboveDefault } from './rules/throttle-above-default.ts';
import { unpublishedBinding } from './rules/unpublished-binding.ts';
import { unreachableApi } from './rules/unreachable-api.ts';
import { unsetVariable } from './rules/unset-variable.ts';
import { unusedObject } from './rules/unused-object.ts';

/** Every rule, by name. */
export const rules: readonly Rule[] = [
  accountListWithoutAccounts,
  aclForEverybody,
  appCodeOverHttp,
  authorizationWithoutApp,
  conflictingRoutes,
  debugDomainOnly,
  duplicateDomain,
  redirectWithoutCertificate,
  shadowedRoute,
  signatureWithoutBackend,
  throttleAboveDefault,
  unpublishedBinding,
  unreachableApi,
  unsetVariable,
  unusedObject,
];
