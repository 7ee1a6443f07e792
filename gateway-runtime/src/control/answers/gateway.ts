import type { Json } from '@apig/sdk/contract';
import { fourHoursAfter } from '@apig/sdk/contract';
import { OFFERED_FEATURES } from '../../features.ts';
import type { Stored } from '../../store/configuration.ts';
import type { View } from '../context.ts';
import type { Answers } from '../kinds.ts';
import { toMilliseconds } from '../times.ts';
import { baseAnswer, byText, byValue } from './base.ts';

/** What this gateway can do of what the service calls features, and nobody can turn off. */
export const FIXED_FEATURES = [
  'gateway_responses',
  'app_acl',
  'app_quota',
  'sign_basic',
  'cors',
  'set_resp_headers',
  'backend_retry_count',
  'policy_sys_param',
  'mock_status_code_and_header',
];

/** Source: API reference, "Querying Gateway Details" and "Querying Gateways". */
export const gatewayAnswers: Answers<'gateway'> = {
  item: detail,
  listed: summary,
  created: ({ id }) => ({ instance_id: id, message: 'The gateway is created.', job_id: id }),
  filters: {
    instance_id: byValue(({ id }) => id),
    instance_name: byText(({ body }) => body.name),
    status: byValue(() => STATUS.status),
  },
};

/** A gateway serves from the moment it is created. */
const STATUS = { status: 'Running', instance_status: 6 };

/** How far the creation of a gateway is. */
export function progressOf({ createdAt }: Stored<'gateway'>): Json {
  const time = toMilliseconds(createdAt);
  return {
    progress: 100,
    status: 'success',
    error_code: '',
    error_msg: '',
    start_time: time,
    end_time: time,
  };
}

function summary({ id, body, createdAt }: Stored<'gateway'>, view: View): Json {
  return {
    id,
    project_id: body.projectId,
    instance_name: body.name,
    ...STATUS,
    type: 'apig',
    spec: body.edition,
    create_time: toMilliseconds(createdAt),
    enterprise_project_id: body.enterpriseProjectId,
    eip_address: body.eipId === undefined ? '' : view.address,
    charging_mode: 0,
    cbc_metadata: '',
    loadbalancer_provider: body.loadbalancerProvider,
    cbc_operation_locks: [],
  };
}

function detail(gateway: Stored<'gateway'>, view: View): Json {
  const { body, createdAt } = gateway;
  const { address } = view;
  const inbound = body.ingressBandwidthMbps;
  const endpoint = {
    service_name: `local.${body.endpointServiceName ?? 'apig'}.${gateway.id}`,
    // The one time without a zone.
    created_at: createdAt.slice(0, 19).replace('T', ' '),
  };
  return {
    ...baseAnswer(gateway),
    ...summary(gateway, view),
    description: body.description ?? '',
    maintain_end: fourHoursAfter(body.maintainBegin),
    ingress_ip: address,
    ingress_ip_v6: '',
    user_id: body.userName,
    nat_eip_address: body.egressBandwidthMbps === undefined ? '' : address,
    bandwidth_size: body.egressBandwidthMbps ?? 0,
    bandwidth_charging_mode: 'bandwidth',
    ingress_bandwidth_size: inbound ?? 0,
    // Clients want none where there is no bandwidth.
    ingress_bandwidth_charging_mode: inbound === undefined ? '' : 'bandwidth',
    available_zone_ids: `[${body.availableZoneIds.join(', ')}]`,
    instance_version: '',
    virsubnet_id: '',
    roma_eip_address: '',
    listeners: null,
    supported_features: [...OFFERED_FEATURES, ...FIXED_FEATURES],
    endpoint_service: endpoint,
    endpoint_services: [endpoint],
    node_ips: { livedata: [address], shubao: [address] },
    publicips: inbound === undefined ? [] : [{ ip_address: address, bandwidth_size: inbound }],
    privateips: [{ ip_address: address, bandwidth_size: 0 }],
    unreliable_ips: [],
    is_releasable: true,
  };
}
