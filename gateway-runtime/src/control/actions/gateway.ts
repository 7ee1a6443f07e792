import { EDITIONS, fail, isFailure, type Json } from '@apig/sdk/contract';
import type { Stored } from '../../store/configuration.ts';
import { progressOf } from '../answers/gateway.ts';
import { numberIn, textIn, wordIn } from '../body.ts';
import { param, type ControlCall, type ControlRoute } from '../call.ts';
import { collections } from '../collections.ts';
import { viewOf, write, type ControlContext, type View } from '../context.ts';
import { managedGateway } from '../lookup.ts';
import { changeObject } from '../objects.ts';

const GATEWAY = 'instances/{gatewayId}';
type Gateway = Stored<'gateway'>;

/**
 * What is done with a gateway besides the usual operations.
 *
 * Source: API reference, "Gateway Management" and "Gateway Tag Management".
 */
export function gatewayActions(context: ControlContext): readonly ControlRoute[] {
  const read = (path: string, show: (gateway: Gateway, view: View) => Json): ControlRoute => ({
    method: 'GET',
    path: `${GATEWAY}/${path}`,
    status: 200,
    answer: (call) => {
      const view = viewOf(context, call);
      return show(managedGateway(view.configuration, call.account, param(call, 'gatewayId')), view);
    },
  });
  const change = (
    method: ControlRoute['method'],
    path: string,
    status: number,
    changesOf: (gateway: Gateway, body: Json) => Json,
    show: (gateway: Gateway, view: View) => Json = jobOf,
  ): ControlRoute => ({
    method,
    path: `${GATEWAY}/${path}`,
    status,
    answer: (call) =>
      write(context, call, (scope) => {
        const before = managedGateway(scope.draft, call.account, param(call, 'gatewayId'));
        const changes = inManagement(() => changesOf(before, call.body));
        const after = changeObject(collections.gateway, before, changes, scope);
        return show(after, scope.view);
      }),
  });

  return [
    {
      method: 'GET',
      path: 'available-zones',
      status: 200,
      answer: (call) => {
        // Depends on nothing, but a changeset that is not open is refused everywhere.
        viewOf(context, call);
        return { available_zones: [ZONE] };
      },
    },
    read('progress', progressOf),
    read('restriction', () => ({ restrict_cidrs: RESTRICTED, resource_subnet_cidr: '' })),

    change('POST', 'postpaid-resize', 202, largerEdition),

    change('PUT', 'eip', 200, boundEip, eipOf),
    // Some clients send POST.
    change('POST', 'eip', 202, boundEip, eipOf),
    change('DELETE', 'eip', 204, () => ({ eipId: undefined })),

    change('POST', 'nat-eip', 200, withSize(outbound), () => ({})),
    change('PUT', 'nat-eip', 200, outbound, () => ({})),
    change('DELETE', 'nat-eip', 204, () => ({ egressBandwidthMbps: undefined })),

    change(
      'POST',
      'ingress-eip',
      202,
      withSize((gateway, body) => {
        if (gateway.body.ingressBandwidthMbps !== undefined) {
          throw fail('inboundAccessOn', { id: gateway.id });
        }
        return inbound(gateway, body);
      }),
    ),
    change('PUT', 'ingress-eip', 202, (gateway, body) => {
      if (gateway.body.ingressBandwidthMbps === undefined) throw fail('bandwidthChangeFailed');
      return inbound(gateway, body);
    }),
    change('DELETE', 'ingress-eip', 204, () => ({ ingressBandwidthMbps: undefined })),

    change('POST', 'instance-tags/action', 204, changedTags),
    read('instance-tags', ({ id, body }) => ({
      resource_id: id,
      // Misspelt so on the wire.
      resouce_detail: null,
      resource_name: body.name,
      tags: Object.entries(body.tags ?? {}).map(([key, value]) => ({ key, value })),
    })),
    {
      method: 'GET',
      path: 'instance-tags',
      status: 200,
      answer: (call) => ({ tags: tagsOfProject(call, viewOf(context, call)) }),
    },
  ];
}

/** Networks in which no gateway can be reached: those of a machine itself, and of its links. Source: RFC 6890. */
const RESTRICTED = ['127.0.0.0/8', '169.254.0.0/16'];

/** Does work on a body, whose faults have another code where gateways are managed. @throws gatewayFieldInvalid */
function inManagement<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isFailure(error, 'valueMissing')) {
      throw fail('gatewayFieldInvalid', { reason: 'expected a value', field: error.details.field });
    }
    if (isFailure(error, 'valueInvalid')) throw fail('gatewayFieldInvalid', error.details);
    throw error;
  }
}

const ZONE: Json = {
  id: 'local',
  name: 'local',
  code: 'local',
  port: '',
  local_name: { en_us: 'local', zh_cn: 'local' },
  specs: Object.fromEntries(EDITIONS.map((edition) => [edition, true])),
};

function jobOf({ id }: Gateway): Json {
  return { instance_id: id, message: 'The gateway is changed.', job_id: id };
}

function largerEdition({ body }: Gateway, { spec_id: given }: Json): Json {
  const edition = EDITIONS.find((each) => each === given);
  if (edition === undefined) {
    throw typeof given === 'string'
      ? fail('editionNotFound', { id: given })
      : fail('gatewayFieldInvalid', { reason: 'expected a text', field: 'spec_id' });
  }
  if (edition === body.edition) throw fail('gatewayEditionUnchanged');
  if (EDITIONS.indexOf(edition) < EDITIONS.indexOf(body.edition)) throw fail('resizeFailed');
  return { edition };
}

function boundEip(_gateway: Gateway, body: Json): Json {
  return { eipId: textIn(body, 'eip_id') };
}

function eipOf({ body }: Gateway, { address }: View): Json {
  return { eip_id: body.eipId ?? '', eip_address: address, eip_status: 'ACTIVE' };
}

/** Whoever turns something on says how much of it. @throws valueMissing */
function withSize(work: (gateway: Gateway, body: Json) => Json): (gateway: Gateway, body: Json) => Json {
  return (gateway, body) => {
    if (sizeIn(body) === undefined) throw fail('valueMissing', { field: 'bandwidth_size' });
    return work(gateway, body);
  };
}

function sizeIn(body: Json): number | undefined {
  // The operation has the one name, the gateway's own field the other.
  return numberIn(body, 'bandwidth_size') ?? numberIn(body, 'ingress_bandwidth_size');
}

/** Without a size the bandwidth stays or, when it was off, is the smallest. */
function outbound({ body: { egressBandwidthMbps } }: Gateway, body: Json): Json {
  return { egressBandwidthMbps: numberIn(body, 'bandwidth_size') ?? egressBandwidthMbps ?? 5 };
}

function inbound({ body: { ingressBandwidthMbps } }: Gateway, body: Json): Json {
  return { ingressBandwidthMbps: sizeIn(body) ?? ingressBandwidthMbps ?? 5 };
}

function changedTags({ body: { tags } }: Gateway, body: Json): Json {
  const action = wordIn(body, 'action', ['create', 'delete']);
  const given = body['tags'];
  if (!Array.isArray(given)) throw fail('gatewayFieldInvalid', { reason: 'expected a list', field: 'tags' });
  const changed: Json = { ...tags };
  for (const tag of given as readonly unknown[]) {
    const { key, value = '' } = typeof tag === 'object' && tag !== null ? (tag as Json) : {};
    if (typeof key !== 'string')
      throw fail('gatewayFieldInvalid', { reason: 'expected a text', field: 'tags.key' });
    if (action === 'create') changed[key] = value;
    else Reflect.deleteProperty(changed, key);
  }
  return { tags: changed };
}

function tagsOfProject({ account }: ControlCall, { configuration }: View): readonly Json[] {
  const values = new Map<string, Set<string>>();
  for (const { body } of configuration.all('gateway')) {
    if (body.projectId !== account.projectId) continue;
    for (const [key, value] of Object.entries(body.tags ?? {})) {
      values.set(key, (values.get(key) ?? new Set()).add(value));
    }
  }
  return [...values].map(([key, found]) => ({ key, values: [...found] }));
}
