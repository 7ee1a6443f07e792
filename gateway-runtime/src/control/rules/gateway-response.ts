import { fail } from '@apig/sdk/contract';
import type { Bodies, ConfigurationReader, Stored } from '../../store/configuration.ts';
import type { Draft } from '../../store/draft.ts';
import { newId } from '../ids.ts';
import type { Rules } from '../kinds.ts';

const NAME = 'default';

/** Source: API reference, "Creating a Gateway Response" and "Deleting a Gateway Response". */
export const gatewayResponseRules: Rules<'gatewayResponse'> = {
  complete: (value, before) => ({
    // Settled by the kind's own description, so it is what the kind stores.
    ...(value as Omit<Bodies['gatewayResponse'], 'isDefault'>),
    isDefault: before?.body.isDefault ?? false,
  }),

  check: ({ name, isDefault }) => {
    if (isDefault && name !== NAME) throw fail('defaultGatewayResponseNameFixed');
  },

  // APIs that use it fall back to the group's default one.
  deleting: ({ body }) => {
    if (body.isDefault) throw fail('defaultGatewayResponseKept');
  },
};

/** Gives a new group its default response. */
export function addDefaultResponse({ id, body }: Stored<'apiGroup'>, draft: Draft): void {
  const { gatewayId } = body;
  draft.put('gatewayResponse', newId(), {
    gatewayId,
    groupId: id,
    name: NAME,
    responses: {},
    isDefault: true,
  });
}

/**
 * The ID of the response that an API names, as long as that is there. Answers say nothing of the group's default one in
 * its place: clients would take it for a change of what they asked for.
 */
export function responseIdOf(
  { responseId }: Pick<Bodies['api'], 'responseId'>,
  configuration: ConfigurationReader,
): string | undefined {
  return responseId === undefined ? undefined : configuration.get('gatewayResponse', responseId)?.id;
}
