import { RELEASE_ENVIRONMENT_ID, type Json, type Kind } from '@apig/sdk/contract';
import { idOf, type Planned } from './previews.ts';

/*
 * A small shop: a group with a domain, two published APIs, one of each policy on the first, and an app. A test changes
 * what it is about.
 */

const gatewayId = idOf('gateway', 'main');
const groupId = idOf('apiGroup', 'orders');
const here = { gatewayId };
const released = { gatewayId, environmentId: RELEASE_ENVIRONMENT_ID };

/** Arguments of an API. */
export function apiArgs(name: string, changes: Json = {}): Json {
  return {
    ...here,
    groupId,
    name,
    method: 'GET',
    path: `/${name}`,
    authentication: 'APP',
    httpBackend: { address: 'orders.internal:8080', protocol: 'HTTP', method: 'GET', path: `/v1/${name}` },
    ...changes,
  };
}

/** A deployment of an API: it names whatever stands for its definition. */
export function deploymentArgs(name: string, digest = 'same', changes: Json = {}): Json {
  return { ...released, apiId: idOf('api', name), apiDigest: digest, ...changes };
}

/** Arguments of every resource of the shop by kind and name. */
export const SHOP: readonly (readonly [kind: Kind, name: string, args: Json])[] = [
  [
    'gateway',
    'main',
    {
      name: 'main',
      edition: 'BASIC',
      vpcId: 'vpc',
      subnetId: 'subnet',
      securityGroupId: 'group',
      availableZoneIds: ['az1'],
    },
  ],
  ['apiGroup', 'orders', { ...here, name: 'orders' }],
  ['domain', 'orders', { ...here, groupId, name: 'orders.example.com' }],
  ['api', 'list', apiArgs('list')],
  ['api', 'place', apiArgs('place', { method: 'POST' })],
  ['deployment', 'list', deploymentArgs('list')],
  ['deployment', 'place', deploymentArgs('place')],
  ['throttle', 'gold', { ...here, name: 'gold', apiCallLimit: 100, timeInterval: 1, timeUnit: 'MINUTE' }],
  [
    'throttleBinding',
    'gold',
    { ...released, throttleId: idOf('throttle', 'gold'), apiIds: [idOf('api', 'list')] },
  ],
  [
    'acl',
    'blocked',
    { ...here, name: 'blocked', type: 'DENY', entityType: 'IP', values: ['192.0.2.1', '192.0.2.2'] },
  ],
  ['aclBinding', 'blocked', { ...released, aclId: idOf('acl', 'blocked'), apiIds: [idOf('api', 'list')] }],
  [
    'signatureKey',
    'backend',
    { ...here, name: 'backend', key: 'backend_key_1', secret: 'backend-secret-000001' },
  ],
  [
    'signatureBinding',
    'backend',
    { ...released, signatureKeyId: idOf('signatureKey', 'backend'), apiIds: [idOf('api', 'list')] },
  ],
  [
    'plugin',
    'cors',
    { ...here, name: 'cors', type: 'cors', content: '{"allow_origin":"*","allow_methods":"GET"}' },
  ],
  [
    'pluginAttachment',
    'cors',
    { ...released, pluginId: idOf('plugin', 'cors'), apiIds: [idOf('api', 'list')] },
  ],
  ['app', 'storefront', { ...here, name: 'storefront' }],
  [
    'appAuthorization',
    'storefront',
    { ...released, appId: idOf('app', 'storefront'), apiIds: [idOf('api', 'list'), idOf('api', 'place')] },
  ],
];

/** Changes of the shop: by `kind name`, other arguments, or null for what is deleted. */
export type Changes = Readonly<Record<string, Json | null>>;

/** The shop with changes, and with resources that are new. */
export function shopWith(changes: Changes, created: readonly Planned[] = []): readonly Planned[] {
  const unknown = Object.keys(changes).find((key) => !SHOP.some(([kind, name]) => key === `${kind} ${name}`));
  if (unknown !== undefined) throw new Error(`The shop has no ${unknown}.`);
  return [
    ...SHOP.map(([kind, name, args]): Planned => {
      const change = changes[`${kind} ${name}`];
      const after = change === null ? undefined : { ...args, ...change };
      return { kind, name, before: args, after };
    }),
    ...created,
  ];
}
