import { fail } from '@apig/sdk/contract';
import { wordIn } from '../body.ts';
import type { Rules } from '../kinds.ts';
import { isUsedByApi } from './references.ts';

/** Source: API reference, "Creating a Custom Authorizer" and "Deleting a Custom Authorizer". */
export const authorizerRules: Rules<'authorizer'> = {
  checkRequest: (body) => {
    wordIn(body, 'authorizer_type', ['FUNC']);
  },

  check: (
    { functionUrn: urn, functionVersion: version, functionAliasUrn: aliasUrn },
    _id,
    _before,
    scope,
  ) => {
    if (!scope.functions.has({ urn, version, aliasUrn }))
      throw fail('functionNotFound', { id: aliasUrn ?? urn });
  },

  deleting: ({ id, body }, { draft }) => {
    if (isUsedByApi(draft, body.gatewayId, 'authorizer', id)) throw fail('authorizerInUse', { id });
  },
};
