import type { Json } from '@apig/sdk/contract';
import type { Stored } from '../../store/configuration.ts';
import type { View } from '../context.ts';
import { find } from '../lookup.ts';
import { publicationAt } from '../publication.ts';
import { responseIdOf } from '../rules/gateway-response.ts';
import { toSeconds } from '../times.ts';
import { definitionOf } from './api.ts';
import { debugDomainOf, groupInfoOf } from './api-group.ts';

/** The answer to publishing an API, taking it offline, and switching its version. */
export function toPublication(
  { id, body }: Stored<'publication'>,
  version: Stored<'apiVersion'>,
  remark: string,
  { configuration }: View,
): Json {
  return {
    publish_id: id,
    api_id: body.apiId,
    api_name: configuration.get('api', body.apiId)?.body.name ?? '',
    env_id: body.environmentId,
    remark,
    publish_time: toSeconds(body.publishTime),
    version_id: version.id,
  };
}

/** A version in the history of its API. */
export function versionRow(version: Stored<'apiVersion'>, view: View): Json {
  const { body } = version;
  const publication = publicationAt(view.configuration, body);
  return {
    version_id: version.id,
    version_no: body.versionNo,
    api_id: body.apiId,
    env_id: body.environmentId,
    env_name: environmentName(version, view),
    remark: body.remark,
    publish_time: toSeconds(body.publishTime),
    status: publication?.body.versionId === version.id ? 1 : 2,
  };
}

/** The API as it was when the version was published. */
export function versionAnswer(version: Stored<'apiVersion'>, view: View): Json {
  const { gatewayId, apiId, environmentId, definition, publishTime } = version.body;
  const { configuration } = view;
  const api = configuration.get('api', apiId);
  const group = find(configuration, 'apiGroup', gatewayId, definition.groupId);
  const publication = publicationAt(configuration, version.body);
  const debugDomain = debugDomainOf(definition.groupId, view);
  return {
    ...definitionOf({
      kind: 'api',
      id: apiId,
      body: definition,
      createdAt: api?.createdAt ?? version.createdAt,
      updatedAt: publishTime,
    }),
    response_id: responseIdOf(definition, configuration),
    update_time: toSeconds(publishTime),
    group_name: group?.body.name ?? '',
    group_version: 'V1',
    run_env_id: environmentId,
    run_env_name: environmentName(version, view),
    publish_id: publication?.id ?? '',
    publish_time: toSeconds(publishTime),
    api_group_info: group === undefined ? null : groupInfoOf(group, view),
    sl_domain: debugDomain,
    sl_domains: [debugDomain],
    version_id: version.id,
  };
}

/** What callers of an API in an environment need to know of it. */
export function runtimeAnswer(
  publication: Stored<'publication'>,
  version: Stored<'apiVersion'>,
  view: View,
): Json {
  const whole = Object.entries(versionAnswer(version, view));
  return {
    ...Object.fromEntries(whole.filter(([key]) => !HIDDEN.includes(key))),
    publish_id: publication.id,
  };
}

/** How a call is answered is not for callers to know. */
const HIDDEN = [
  'backend_api',
  'mock_info',
  'func_info',
  'backend_params',
  'policy_https',
  'policy_mocks',
  'policy_functions',
];

function environmentName({ body }: Stored<'apiVersion'>, { configuration }: View): string {
  return find(configuration, 'environment', body.gatewayId, body.environmentId)?.body.name ?? '';
}
