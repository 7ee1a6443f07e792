import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createId, openTraffic, settled, type Traffic } from '../support/traffic.ts';

describe('the host of a call', () => {
  let traffic: Traffic;
  let otherGroup: string;

  beforeAll(async () => {
    traffic = await openTraffic();
    const { gatewayId, groupId } = traffic;
    otherGroup = createId();
    const defaultGroup = createId();
    traffic.put('apiGroup', otherGroup, {
      gatewayId,
      name: 'other',
      debugDomainEnabled: false,
      isDefault: false,
    });
    traffic.put('apiGroup', defaultGroup, {
      gatewayId,
      name: 'DEFAULT',
      debugDomainEnabled: true,
      isDefault: true,
    });
    bindDomain('*.example.org', groupId);
    bindDomain('special.example.org', otherGroup);
    bindDomain('Mixed.Example.NET.', groupId);
    traffic.publish({ path: '/who', mockBackend: { result: 'first' } });
    traffic.publish({ path: '/who', groupId: otherGroup, mockBackend: { result: 'other' } });
    traffic.publish({ path: '/who', groupId: defaultGroup, mockBackend: { result: 'default' } });

    function bindDomain(name: string, group: string): void {
      traffic.put('domain', createId(), settled('domain', { gatewayId, groupId: group, name }));
    }
  });

  afterAll(() => traffic.dispose());

  test.each([
    ['a bound domain', 'api.example.com', 'first'],
    ['a bound domain in other letters', 'API.Example.COM', 'first'],
    ['a bound domain with a port', 'api.example.com:8443', 'first'],
    ['a bound domain with a final dot', 'api.example.com.', 'first'],
    ['a bound domain with a final dot and a port', 'api.example.com.:80', 'first'],
    ['a domain that was bound in other letters', 'mixed.example.net', 'first'],
    ['a name below a wildcard', 'shop.example.org', 'first'],
    ['an exact name beside a wildcard', 'special.example.org', 'other'],
    ['an address', '127.0.0.1', 'default'],
    ['an address with a port', '192.0.2.7:8080', 'default'],
    ['an IPv6 address', '[2001:db8::1]', 'default'],
    ['an IPv6 address with a port', '[::1]:8080', 'default'],
    ['localhost', 'localhost:8080', 'default'],
  ])('may be %s', async (_, host, expected) => {
    expect(await traffic.call({ path: '/who', host })).toMatchObject({ status: 200, text: expected });
  });

  test.each([
    ['an unbound domain', 'www.example.com'],
    ['two labels below a wildcard', 'a.shop.example.org'],
    ['the domain of a wildcard itself', 'example.org'],
  ])('that is %s leads nowhere', async (_, host) => {
    expect(await traffic.call({ path: '/who', host })).toMatchObject({ status: 404, code: 'APIG.0101' });
  });

  test('may be the debug domain of a group', async () => {
    const answer = await traffic.call({ path: '/who', host: `${traffic.groupId}.apic.localhost` });
    expect(answer).toMatchObject({ status: 200, text: 'first' });
  });

  test('may not be a debug domain that is switched off', async () => {
    const answer = await traffic.call({ path: '/who', host: `${otherGroup}.apic.localhost` });
    expect(answer).toMatchObject({ status: 404, code: 'APIG.0101' });
  });
});

describe('a domain that two gateways bind', () => {
  test('belongs to the one that bound it first', async () => {
    const traffic = await openTraffic();
    const [gatewayId, groupId] = [createId(), createId()];
    traffic.put('gateway', gatewayId, {
      ...traffic.body('gateway', traffic.gatewayId),
      name: 'gateway_2',
    });
    traffic.put('apiGroup', groupId, {
      gatewayId,
      name: 'group',
      debugDomainEnabled: true,
      isDefault: false,
    });
    traffic.put('domain', createId(), settled('domain', { gatewayId, groupId, name: traffic.domain }));
    traffic.publish({ path: '/who', mockBackend: { result: 'first gateway' } });
    expect((await traffic.call('/who')).text).toBe('first gateway');
    await traffic.dispose();
  });
});

describe('the environment of a call', () => {
  let traffic: Traffic;

  beforeAll(async () => {
    traffic = await openTraffic();
    const beta = createId();
    traffic.put('environment', beta, { gatewayId: traffic.gatewayId, name: 'BETA' });
    traffic.publish({ path: '/stage', mockBackend: { result: 'release' } });
    traffic.publish({ path: '/stage', mockBackend: { result: 'beta' } }, beta);
  });

  afterAll(() => traffic.dispose());

  test.each([
    ['RELEASE without X-Stage', {}, 'release'],
    ['the one that X-Stage names', { 'X-Stage': 'BETA' }, 'beta'],
    ['the one that x-stage names', { 'x-stage': 'BETA' }, 'beta'],
    ['RELEASE by name', { 'X-Stage': 'RELEASE' }, 'release'],
    ['the first of two', { 'X-Stage': ['BETA', 'RELEASE'] }, 'beta'],
  ])('is %s', async (_, headers, expected) => {
    expect((await traffic.call({ path: '/stage', headers })).text).toBe(expected);
  });

  test.each(['GAMMA', 'beta', ''])(
    'that does not exist (%s) is answered 404 with APIG.0101',
    async (stage) => {
      const answer = await traffic.call({ path: '/stage', headers: { 'X-Stage': stage } });
      expect(answer).toMatchObject({ status: 404, code: 'APIG.0101' });
    },
  );

  test('has a new name as soon as it is renamed', async () => {
    const id = createId();
    traffic.put('environment', id, { gatewayId: traffic.gatewayId, name: 'OLD' });
    traffic.publish({ path: '/renamed' }, id);
    traffic.put('environment', id, { gatewayId: traffic.gatewayId, name: 'NEW' });
    expect((await traffic.call({ path: '/renamed', headers: { 'X-Stage': 'NEW' } })).status).toBe(200);
    expect((await traffic.call({ path: '/renamed', headers: { 'X-Stage': 'OLD' } })).status).toBe(404);
  });
});
