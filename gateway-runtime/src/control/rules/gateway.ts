import { fail, fourHoursAfter, RELEASE_ENVIRONMENT_ID } from '@apig/sdk/contract';
import { STORED_KINDS, type Bodies, type Stored } from '../../store/configuration.ts';
import type { WriteScope } from '../context.ts';
import { valueAt } from '../faults.ts';
import { newId, withoutDashes } from '../ids.ts';
import type { Rules } from '../kinds.ts';
import { addDefaultResponse } from './gateway-response.ts';

const MAX_TAGS = 20;

/** Source: API reference, "Creating a Pay-per-Use Gateway" and "Modifying a Gateway". */
export const gatewayRules: Rules<'gateway'> = {
  takes: ['name', 'description', 'maintainBegin', 'securityGroupId', 'endpointServiceName'],

  refusal: ({ path }, input) => {
    const value = valueAt(input, path);
    switch (String(path[0])) {
      case 'edition':
        return typeof value === 'string' ? fail('editionNotFound', { id: value }) : undefined;
      case 'availableZoneIds':
        return Array.isArray(value) && value.length === 0 ? fail('availabilityZoneMissing') : undefined;
      case 'maintainBegin':
        return fail('maintenanceWindowEdgeInvalid');
      case 'tags':
        return countOf(value) > MAX_TAGS ? fail('gatewayTagQuota', { limit: MAX_TAGS }) : undefined;
      default:
        return undefined;
    }
  },

  checkRequest: ({ maintain_begin: given, maintain_end: end }, before) => {
    const begin = typeof given === 'string' && given !== '' ? given : before?.body.maintainBegin;
    if (end === undefined || end === null || end === '') return;
    if (end !== fourHoursAfter(begin ?? '22:00:00')) throw fail('maintenanceWindowNotFourHours');
  },

  chosenId: ({ instance_id: given }, { draft }) => {
    if (given === undefined || given === null || given === '') return undefined;
    const id = typeof given === 'string' ? withoutDashes(given) : '';
    if (!/^[0-9a-f]{32}$/.test(id)) {
      throw fail('gatewayFieldInvalid', { reason: 'expected 32 hex digits', field: 'instance_id' });
    }
    if (draft.get('gateway', id)) throw fail('gatewayIdTaken', { id });
    return id;
  },

  complete: (value, before, { account }) => ({
    // Settled by the kind's own description, so it is what the kind stores.
    ...(value as Omit<Bodies['gateway'], 'projectId' | 'userName'>),
    projectId: before?.body.projectId ?? account.projectId,
    userName: before?.body.userName ?? account.userName,
  }),

  created: ({ id }, { draft }) => {
    draft.put('environment', RELEASE_ENVIRONMENT_ID, { gatewayId: id, name: 'RELEASE' });
    const group = draft.put('apiGroup', newId(), {
      gatewayId: id,
      name: 'DEFAULT',
      debugDomainEnabled: true,
      isDefault: true,
    });
    addDefaultResponse(group, draft);
  },

  deleting: removeContents,
};

/** Removes everything that is in a gateway. */
function removeContents({ id }: Stored<'gateway'>, { draft }: WriteScope): void {
  for (const kind of STORED_KINDS) {
    if (kind === 'gateway') continue;
    // Every kind but the gateway itself is indexed by it.
    for (const object of draft.by(kind, 'gatewayId', id)) draft.remove(object);
  }
}

function countOf(value: unknown): number {
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}
