import type { Json } from '@apig/sdk/contract';
import type { ConfigurationReader, Stored, StoredKind } from '../../store/configuration.ts';
import { param, type ControlCall, type ControlRoute } from '../call.ts';
import { viewOf, type ControlContext } from '../context.ts';
import { gatewayOfPath } from '../lookup.ts';
import { limitOf, type Limits } from '../limits.ts';
import { listAnswer } from '../paging.ts';
import { APIS_PER_EDITION } from '../rules/api.ts';
import { toSeconds } from '../times.ts';

type Kind = Exclude<StoredKind, 'gateway'>;

/** An item of the list: its name, the usual limit, and the kind whose objects in a gateway count against it. */
type Item = readonly [name: string, standard: number, counted?: Kind];

/** Off, as switches are shown. */
const OFF = 2;
const ON = 1;

/** In the documented order, from which the IDs follow. Source: API reference, "Querying the Resource Quota". */
const ITEMS: readonly Item[] = [
  ['API_NUM_LIMIT', 0, 'api'],
  ['APP_NUM_LIMIT', 50, 'app'],
  ['APIGROUP_NUM_LIMIT', 1500, 'apiGroup'],
  ['ENVIRONMENT_NUM_LIMIT', 10, 'environment'],
  ['VARIABLE_NUM_LIMIT', 50],
  ['SIGN_NUM_LIMIT', 200, 'signatureKey'],
  ['THROTTLE_NUM_LIMIT', 300, 'throttle'],
  ['APIGROUP_DOMAIN_NUM_LIMIT', 5],
  ['API_VERSION_NUM_LIMIT', 10],
  ['VPC_NUM_LIMIT', 200, 'loadBalanceChannel'],
  ['VPC_INSTANCE_NUM_LIMIT', 10],
  ['API_PARAM_NUM_LIMIT', 50],
  ['API_USER_CALL_LIMIT', 200],
  ['ACL_NUM_LIMIT', 100, 'acl'],
  ['APP_THROTTLE_LIMIT', 30],
  ['USER_THROTTLE_LIMIT', 30],
  ['API_NUM_LIMIT_PER_GROUP', 1000],
  ['API_POLICY_NUM_LIMIT', 5],
  ['API_CONDITION_NUM_LIMIT', 5],
  ['SL_DOMAIN_CALL_LIMIT', 1000],
  ['ELB_SWITCH', OFF],
  ['AUTHORIZER_NUM_LIMIT', 50, 'authorizer'],
  ['AUTHORIZER_IDENTITY_NUM_LIMIT', 10],
  ['APP_CODE_NUM_LIMIT', 5],
  ['REGION_MANAGER_WHITELIST_SERVICES', OFF],
  ['API_SWAGGER_NUM_LIMIT', 300],
  ['API_TAG_NUM_LIMIT', 10],
  ['LTS_SWITCH', OFF],
  ['APP_KEY_SECRET_SWITCH', ON],
  ['RESPONSE_NUM_LIMIT', 4],
  ['CONFIG_NUM_LIMIT_PER_APP', 5],
  ['BACKEND_TOKEN_ALLOW_SWITCH', OFF],
  ['APP_TOKEN_SWITCH', OFF],
  ['API_DESIGNER_SWITCH', OFF],
  ['APP_API_KEY_SWITCH', ON],
  ['APP_BASIC_SWITCH', ON],
  ['APP_JWT_SWITCH', OFF],
  ['APP_ROUTE_SWITCH', OFF],
  ['PUBLIC_KEY_SWITCH', OFF],
  ['APP_SECRET_SWITCH', ON],
  ['CASCADE_SWITCH', OFF],
  ['IS_INIT_API_PATH_HASH', ON],
];

/** Source: API reference, "Querying the Gateway Quota" and "Querying the Resource Quota". */
export function quotaActions(context: ControlContext): readonly ControlRoute[] {
  const { limits } = context;
  return [
    {
      method: 'GET',
      path: 'instance/configs',
      status: 200,
      answer: (call) => {
        const value = limitOf(limits, 'INSTANCE_NUM_LIMIT', 5);
        // Depends on nothing, but a changeset that is not open is refused everywhere.
        viewOf(context, call);
        return listAnswer(call, 'configs', [value], () => shown('INSTANCE_NUM_LIMIT', 1, value));
      },
    },
    {
      method: 'GET',
      path: 'instances/{gatewayId}/project/configs',
      status: 200,
      answer: (call) => {
        const { configuration } = viewOf(context, call);
        const gateway = gatewayOfPath(configuration, call.account, param(call, 'gatewayId'));
        return resourceQuotas(call, gateway, configuration, limits);
      },
    },
  ];
}

function resourceQuotas(
  call: ControlCall,
  gateway: Stored<'gateway'>,
  configuration: ConfigurationReader,
  limits: Limits,
): Json {
  return listAnswer(call, 'configs', [...ITEMS.entries()], ([index, [name, standard, counted]]) => {
    const usual = name === 'API_NUM_LIMIT' ? APIS_PER_EDITION[gateway.body.edition] : standard;
    return {
      ...shown(name, index + 1, limitOf(limits, name, usual)),
      config_time: toSeconds(gateway.createdAt),
      // Every kind but the gateway itself is indexed by it.
      used: counted === undefined ? 0 : configuration.by(counted, 'gatewayId', gateway.id).length,
    };
  });
}

/** Numbers are texts here, also those that identify. Clients read times of gateway limits in several forms: there is none. */
function shown(name: string, id: number, value: number): Json {
  return {
    config_id: String(id),
    config_name: name,
    config_value: String(value),
    remark: name.toLowerCase().replaceAll('_', ' '),
  };
}
