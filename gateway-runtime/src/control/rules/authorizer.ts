import { fail } from '@apig/sdk/contract';
import { wordIn } from '../body.ts';
import type { Rules } from '../kinds.ts';
import { limitOf } from '../limits.ts';
import { isUsedByApi } from './references.ts';

/** Source: API reference, "Creating a Custom Authorizer" and "Deleting a Custom Authorizer". */
export const authorizerRules: Rules<'authorizer'> = {
  checkRequest: (body) => {
    wordIn(body, 'authorizer_type', ['FUNC']);
  },

  refusal: ({ path }, { identities }) =>
    path[0] === 'identities' && path.length === 1 && Array.isArray(identities)
      ? repetition(identities)
      : undefined,

  check: (
    { functionUrn: urn, functionVersion: version, functionAliasUrn: aliasUrn, identities },
    _id,
    _before,
    scope,
  ) => {
    const limit = limitOf(scope.limits, 'AUTHORIZER_IDENTITY_NUM_LIMIT', 10);
    if (identities.length > limit) throw fail('identitySourceQuota', { limit });
    if (!scope.functions.has({ urn, version, aliasUrn }))
      throw fail('functionNotFound', { id: aliasUrn ?? urn });
  },

  deleting: ({ id, body }, { draft }) => {
    if (isUsedByApi(draft, body.gatewayId, 'authorizer', id)) throw fail('authorizerInUse', { id });
  },
};

/** The error for an identity that is given twice in the same words; undefined when none is. */
function repetition(identities: readonly unknown[]): Error | undefined {
  const texts = identities.map((identity) => JSON.stringify(identity));
  const index = texts.findIndex((text, at) => texts.indexOf(text) < at);
  const repeated = identities[index];
  if (typeof repeated !== 'object' || repeated === null || !('name' in repeated)) return undefined;
  return fail('identitySourceRepeated', { name: String(repeated.name), field: `identities.${index}.name` });
}
