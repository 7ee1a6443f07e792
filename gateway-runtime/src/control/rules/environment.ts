import { fail, RELEASE_ENVIRONMENT_ID } from '@apig/sdk/contract';
import type { Rules } from '../kinds.ts';
import { removeTiesInEnvironment } from './removal.ts';

/** Source: API reference, "Creating an Environment" and "Deleting an Environment". */
export const environmentRules: Rules<'environment'> = {
  keeps: ['remark'],

  check: ({ name }, id) => {
    if (id === RELEASE_ENVIRONMENT_ID && name !== 'RELEASE') throw fail('releaseEnvironmentFixed');
  },

  deleting: (environment, { draft }) => {
    const { id, body } = environment;
    if (id === RELEASE_ENVIRONMENT_ID) throw fail('releaseEnvironmentFixed');
    const publications = draft
      .by('publication', 'environmentId', id)
      .filter(({ body: { gatewayId } }) => gatewayId === body.gatewayId);
    if (publications.some((publication) => publication.body.versionId !== undefined)) {
      throw fail('environmentInUse', { id });
    }
    removeTiesInEnvironment(environment, draft);
  },
};
