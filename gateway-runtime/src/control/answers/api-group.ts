import type { Json } from '@apig/sdk/contract';
import type { Stored } from '../../store/configuration.ts';
import type { View } from '../context.ts';
import type { Answers } from '../kinds.ts';
import { toSeconds } from '../times.ts';
import { baseAnswer, byId, byText } from './base.ts';
import { urlDomainOf } from './domain.ts';

/** Source: API reference, "Creating an API Group" and "Querying API Groups". */
export const apiGroupAnswers: Answers<'apiGroup'> = {
  item: (group, view) => ({
    remark: '',
    ...baseAnswer(group),
    status: 1,
    sl_domain: debugDomainOf(group.id, view),
    sl_domains: [debugDomainOf(group.id, view)],
    url_domains: urlDomainsOf(group, view),
    update_time: toSeconds(group.updatedAt),
    on_sell_status: 2,
    is_default: group.body.isDefault ? 1 : 2,
    call_limits: 0,
    time_interval: 0,
    time_unit: '',
    version: 'V1',
    roma_app_id: '',
    roma_app_name: '',
  }),
  filters: { id: byId(), name: byText(({ body }) => body.name) },
};

/** Domain that serves a group without a domain binding. */
export function debugDomainOf(groupId: string, { domainSuffix }: View): string {
  return `${groupId}.apic.${domainSuffix}`;
}

/** What an answer about an API tells of its group. */
export function groupInfoOf(group: Stored<'apiGroup'>, view: View): Json {
  return {
    id: group.id,
    name: group.body.name,
    status: 1,
    sl_domain: debugDomainOf(group.id, view),
    sl_domains: [debugDomainOf(group.id, view)],
    register_time: toSeconds(group.createdAt),
    update_time: toSeconds(group.updatedAt),
    on_sell_status: 2,
    url_domains: urlDomainsOf(group, view),
    sl_domain_access_enabled: group.body.debugDomainEnabled,
  };
}

function urlDomainsOf(group: Stored<'apiGroup'>, { configuration }: View): readonly Json[] {
  return configuration.by('domain', 'groupId', group.id).map((domain) => urlDomainOf(domain, configuration));
}
