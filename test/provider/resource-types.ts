import * as pulumi from '@pulumi/pulumi';
import {
  Api,
  Deployment,
  Gateway,
  RELEASE_ENVIRONMENT_ID,
  Throttle,
  ThrottleBinding,
  type ArgsOf,
} from '@apig/provider';
import type { Resources } from '@apig/sdk';
import { provider } from '../../provider/src/lifecycle.ts';

/*
 * What the compiler must let pass and must refuse: checked by `tsc -p test`, never run.
 */

/** The engine's Node process can use a provider. */
export const asDynamic: pulumi.dynamic.ResourceProvider = provider('throttle');

/** Uses of the classes that have to compile, and some that must not. */
export function uses(config: pulumi.Config): void {
  const gateway = new Gateway('main', {
    name: 'shop',
    edition: 'BASIC',
    vpcId: 'vpc',
    subnetId: 'subnet',
    securityGroupId: 'group',
    availableZoneIds: ['zone'],
    tags: { team: config.require('team') },
  });
  const throttle = new Throttle(
    'gold',
    {
      gatewayId: gateway.id,
      name: pulumi.interpolate`gold_${pulumi.getStack()}`,
      apiCallLimit: config.getNumber('limit') ?? 10,
      userCallLimit: config.getNumber('userLimit'),
      timeInterval: 1,
      timeUnit: pulumi.output('MINUTE' as const),
      remark: pulumi.output(config.get('remark')),
    },
    { protect: true, dependsOn: gateway },
  );
  throttle.scope satisfies pulumi.Output<'API' | 'SHARED'>;
  throttle.userCallLimit satisfies pulumi.Output<number | undefined>;
  throttle.createTime satisfies pulumi.Output<string>;
  throttle.id satisfies pulumi.Output<string>;
  throttle satisfies Throttle;

  const api = new Api('list', {
    gatewayId: gateway.id,
    groupId: 'group',
    name: 'list',
    method: 'GET',
    path: '/orders',
    authentication: 'NONE',
    requestParameters: [{ name: pulumi.output('page'), location: 'QUERY', type: 'NUMBER' }],
    httpBackend: {
      address: pulumi.output('orders.internal'),
      protocol: 'HTTP',
      method: 'GET',
      path: '/orders',
      timeoutMs: config.getNumber('timeout'),
    },
  });
  const deployment = new Deployment('list', {
    gatewayId: gateway.id,
    apiId: api.id,
    environmentId: RELEASE_ENVIRONMENT_ID,
    apiDigest: api.digest,
  });
  new ThrottleBinding('gold', {
    gatewayId: gateway.id,
    throttleId: throttle.id,
    environmentId: deployment.environmentId,
    apiIds: [deployment.apiId],
  });

  Gateway.get('shared', { id: 'g' }).status satisfies pulumi.Output<string>;
  Throttle.get('shared', { gatewayId: gateway.id, id: 't' }) satisfies Throttle;
  // @ts-expect-error the gateway is missing
  Throttle.get('shared', { id: 't' });

  const args: ArgsOf<Resources['throttle']> = {
    gatewayId: 'g',
    name: 'gold',
    apiCallLimit: 1,
    timeInterval: 1,
    timeUnit: 'DAY',
  };
  // @ts-expect-error an argument is missing
  new Throttle('a', { gatewayId: 'g', name: 'gold', timeInterval: 1, timeUnit: 'DAY' });
  // @ts-expect-error there is no such argument
  new Throttle('b', { ...args, apiCallLimits: 1 });
  // @ts-expect-error outputs are no arguments
  new Throttle('c', { ...args, createTime: 'now' });
  // @ts-expect-error there is no such unit
  new Throttle('d', { ...args, timeUnit: 'WEEK' });
  // @ts-expect-error a number is expected
  new Throttle('e', { ...args, apiCallLimit: pulumi.output('10') });
  // @ts-expect-error there is no such field inside
  new Gateway('f', { ...gatewayArgs, tags: { team: 7 } });
  // @ts-expect-error it is read-only
  throttle.scope = pulumi.output('API' as const);
}

const gatewayArgs: ArgsOf<Resources['gateway']> = {
  name: 'shop',
  edition: 'BASIC',
  vpcId: 'vpc',
  subnetId: 'subnet',
  securityGroupId: 'group',
  availableZoneIds: ['zone'],
};
