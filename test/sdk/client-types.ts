import type { Client, OutputOf, Resources } from '@apig/sdk';

/*
 * What the compiler must let pass and must refuse: checked by `tsc -p test`, never run.
 */

/** Uses of the client that have to compile, and some that must not. */
export async function uses(client: Client): Promise<void> {
  const throttle = await client.throttle.create({
    gatewayId: 'g',
    name: 'gold',
    apiCallLimit: 5,
    timeInterval: 1,
    timeUnit: 'MINUTE',
  });
  throttle.scope satisfies 'API' | 'SHARED';
  throttle.userCallLimit satisfies number | undefined;
  throttle.createTime satisfies string;
  throttle satisfies OutputOf<Resources['throttle']>;

  // @ts-expect-error the name is missing
  await client.throttle.create({ gatewayId: 'g', apiCallLimit: 5, timeInterval: 1, timeUnit: 'MINUTE' });
  await client.throttle.create({
    gatewayId: 'g',
    name: 'gold',
    apiCallLimit: 5,
    timeInterval: 1,
    // @ts-expect-error no such unit
    timeUnit: 'WEEK',
  });
  await client.throttle.create({
    gatewayId: 'g',
    name: 'gold',
    apiCallLimit: 5,
    timeInterval: 1,
    timeUnit: 'DAY',
    // @ts-expect-error no such field
    apiCallLimits: 5,
  });

  await client.throttle.get({ gatewayId: 'g', id: 't' });
  // @ts-expect-error the gateway is missing
  await client.throttle.get({ id: 't' });
  // @ts-expect-error an object may be absent
  (await client.throttle.get({ gatewayId: 'g', id: 't' })).name satisfies string;

  await client.gateway.get({ id: 'g' });
  await client.gateway.list({});
  await client.domain.get({ gatewayId: 'g', groupId: 'gr', id: 'd' });
  // @ts-expect-error a domain is below a group
  await client.domain.get({ gatewayId: 'g', id: 'd' });

  const binding = await client.throttleBinding.create({
    gatewayId: 'g',
    throttleId: 't',
    environmentId: 'e',
    apiIds: ['a'],
  });
  await client.throttleBinding.delete({ gatewayId: 'g', id: binding.id, apiIds: binding.apiIds });
  await client.throttleBinding.delete(binding);

  const groups = await client.apiGroup.list({ gatewayId: 'g' }, { name: 'shop' });
  groups[0]?.debugDomain satisfies string | undefined;
  // @ts-expect-error filters are fields of the kind
  await client.apiGroup.list({ gatewayId: 'g' }, { title: 'shop' });
  // @ts-expect-error no such kind
  client.collection('thing');

  (await client.publications({ gatewayId: 'g', apiId: 'a' }))[0]?.inForce satisfies boolean | undefined;
  (await client.resetAppSecret({ gatewayId: 'g', id: 'a' })).appSecret satisfies string | undefined;
}
