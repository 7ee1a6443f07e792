import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sendRaw, statusesOf } from '../support/raw-http.ts';
import { ALICE, BOB, openTraffic, TOKENS, type Published, type Traffic } from '../support/traffic.ts';

type AclInput = Parameters<Traffic['createAcl']>[0];

let traffic: Traffic;

beforeAll(async () => {
  traffic = await openTraffic();
});

afterAll(() => traffic.dispose());

/** An API under policies. */
function guarded(path: string, authentication: 'NONE' | 'IAM', ...policies: readonly AclInput[]): Published {
  const published = traffic.publish({ path, authentication });
  for (const policy of policies) traffic.bind('aclBinding', traffic.createAcl(policy), published);
  return published;
}

const permit = (...values: string[]): AclInput => ({ type: 'PERMIT', entityType: 'IP', values });
const deny = (...values: string[]): AclInput => ({ type: 'DENY', entityType: 'IP', values });

// Source: user guide, "Configuring API Access Control".
describe('an API under access control by address', () => {
  let next = 0;

  test.each([
    ['whose network is listed', permit('127.0.0.0/16')],
    ['whose address is listed', permit('192.0.2.1', '127.0.0.1')],
    ['in the middle of a listed range', permit('127.0.0.0-127.0.0.9')],
    ['at the start of a listed range', permit('127.0.0.1-127.0.0.9')],
    ['at the end of a listed range', permit('126.0.0.1-127.0.0.1')],
    ['in a network written with the bits of a host', permit('127.0.6.7/16')],
    ['beside the ranges of a blacklist', deny('127.0.0.2-127.0.0.9', '0.0.0.0-127.0.0.0')],
  ])('lets in a caller %s', async (_, policy) => {
    const path = `/lets/${(next += 1)}`;
    guarded(path, 'NONE', policy);
    expect((await traffic.call(path)).status).toBe(200);
  });

  test.each([
    ['who is not on the whitelist', permit('127.1.0.0/16')],
    ['right below a listed range', permit('127.0.0.2-127.0.0.9')],
    ['right above a listed range', permit('126.0.0.1-127.0.0.0')],
    ['at the end of a range on the blacklist', deny('126.0.0.5-127.0.0.1')],
    ['in overlapping ranges', deny('126.0.0.1-127.0.0.0', '126.0.0.4-127.0.0.20', '127.0.0.8')],
    ['of IPv4 when only IPv6 is listed', permit('::/0')],
  ])('refuses a caller %s with APIG.0402', async (_, policy) => {
    const path = `/refuses/${(next += 1)}`;
    guarded(path, 'NONE', policy);
    expect(await traffic.call(path)).toMatchObject({
      status: 403,
      code: 'APIG.0402',
      message: 'The IP address is not authorized to access the API.',
    });
  });

  test('takes the other end of the connection for the caller, not what X-Forwarded-For says', async () => {
    guarded('/forwarded', 'NONE', permit('198.51.100.7'));
    const headers = { 'X-Forwarded-For': '198.51.100.7' };
    expect((await traffic.call({ path: '/forwarded', headers })).code).toBe('APIG.0402');
  });

  test('asks white- and blacklist when both are bound', async () => {
    guarded('/both/1', 'NONE', permit('127.0.0.0/8'), deny('127.0.0.66'));
    guarded('/both/2', 'NONE', permit('127.0.0.0/8'), deny('127.0.0.1'));
    expect((await traffic.call('/both/1')).status).toBe(200);
    expect((await traffic.call('/both/2')).code).toBe('APIG.0402');
  });

  test('refuses addresses before it asks who calls', async () => {
    guarded('/before', 'IAM', deny('127.0.0.1'));
    expect((await traffic.call('/before')).code).toBe('APIG.0402');
  });

  test('is open again as soon as the policy is unbound', async () => {
    const published = traffic.publish({ path: '/unbound' });
    const binding = traffic.bind('aclBinding', traffic.createAcl(deny('127.0.0.1')), published);
    expect((await traffic.call('/unbound')).status).toBe(403);
    traffic.remove('aclBinding', binding);
    expect((await traffic.call('/unbound')).status).toBe(200);
  });

  test('follows a changed policy at once', async () => {
    const published = traffic.publish({ path: '/changed' });
    const acl = traffic.createAcl(deny('127.0.0.1'));
    traffic.bind('aclBinding', acl, published);
    expect((await traffic.call('/changed')).status).toBe(403);
    const body = traffic.body('acl', acl);
    traffic.put('acl', acl, { ...body, values: ['127.0.0.2'] });
    expect((await traffic.call('/changed')).status).toBe(200);
  });

  test('compares an IPv4 address in IPv6 form as the IPv4 address', async () => {
    const dual = await openTraffic({ listen: '::' });
    const published = dual.publish({ path: '/mapped' });
    dual.bind('aclBinding', dual.createAcl(permit('127.0.0.1')), published);
    const { port } = dual.http;
    const bytes = 'GET /mapped HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n\r\n';
    expect(statusesOf(await sendRaw({ host: '127.0.0.1', port }, bytes))).toEqual([200]);
    await dual.dispose();
  });
});

describe('an API under access control by account', () => {
  const accounts = (type: 'PERMIT' | 'DENY', ...values: string[]): AclInput => ({
    type,
    entityType: 'DOMAIN',
    values,
  });
  const ids = (type: 'PERMIT' | 'DENY', ...values: string[]): AclInput => ({
    type,
    entityType: 'DOMAIN_ID',
    values,
  });
  const asAlice = { 'X-Auth-Token': TOKENS.alice };
  const asBob = { 'X-Auth-Token': TOKENS.bob };
  let next = 0;

  test.each([
    ['a name on the whitelist', [accounts('PERMIT', 'alice')], asAlice, 200],
    ['a name not on the whitelist', [accounts('PERMIT', 'alice')], asBob, 403],
    ['a name on the blacklist', [accounts('DENY', 'bob')], asBob, 403],
    ['a name not on the blacklist', [accounts('DENY', 'bob')], asAlice, 200],
    ['an id on the whitelist', [ids('PERMIT', ALICE.domainId)], asAlice, 200],
    ['an id on the blacklist', [ids('DENY', BOB.domainId)], asBob, 403],
    [
      'a whitelist that silences a blacklist',
      [accounts('PERMIT', 'alice'), ids('DENY', ALICE.domainId)],
      asAlice,
      200,
    ],
    [
      'two whitelists of which one refuses',
      [accounts('PERMIT', 'alice'), ids('PERMIT', BOB.domainId)],
      asAlice,
      403,
    ],
    [
      'two blacklists of which one refuses',
      [accounts('DENY', 'carol'), ids('DENY', BOB.domainId)],
      asBob,
      403,
    ],
    ['a listed address and a refused account', [permit('127.0.0.0/8'), accounts('DENY', 'bob')], asBob, 403],
  ])('with %s answers %s', async (_, policies, headers, status) => {
    const path = `/accounts/${(next += 1)}`;
    guarded(path, 'IAM', ...policies);
    const answer = await traffic.call({ path, headers });
    expect(answer.status).toBe(status);
    if (status === 403) {
      expect(answer).toMatchObject({
        code: 'APIG.0302',
        message: 'The IAM user is not authorized to access the API.',
      });
    }
  });

  test.each([
    ['PERMIT', 403],
    ['DENY', 200],
  ] as const)('takes callers without account for unlisted (%s)', async (type, status) => {
    guarded(`/nobody/${type}`, 'NONE', accounts(type, 'alice'));
    expect((await traffic.call(`/nobody/${type}`)).status).toBe(status);
  });
});
