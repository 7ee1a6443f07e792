import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sign, type SignInput } from '@apig/sdk/signer';
import { openGateway, send, TEST_ACCOUNT, type RawAnswer, type TestGateway } from '../support/gateway.ts';

const OTHER = {
  domainId: 'e'.repeat(32),
  domainName: 'other_domain',
  projectId: '2'.repeat(32),
  userName: 'other',
  accessKeys: [{ accessKey: 'OTHERACCESSKEY', secretKey: 'other-secret-key' }],
  tokens: ['other-token'],
};

let running: TestGateway;
beforeAll(async () => {
  running = await openGateway({ credentials: { accounts: [TEST_ACCOUNT, OTHER] } });
});
afterAll(() => running.dispose());

const project = TEST_ACCOUNT.projectId;
const GATEWAYS = `/v2/${project}/apigw/instances`;
const CONTENT = `/v2/${project}/apigw/instances/${'0'.repeat(32)}/throttles`;

/** Signs and sends; `change` spoils the headers or the body after that. */
function signed(
  input: Partial<SignInput> = {},
  change: { readonly headers?: Record<string, string>; readonly body?: string } = {},
): Promise<RawAnswer> {
  const { method = 'GET', target = GATEWAYS, body } = input;
  const { host, port } = running.gateway.management;
  const headers = { host: `${host}:${port}` };
  const signature = sign({
    method,
    target,
    headers,
    accessKey: running.accessKey,
    secret: running.secretKey,
    date: new Date(running.clock.now()),
    ...input,
  });
  const text = change.body ?? (body === undefined ? undefined : String(body));
  return send(`${running.endpoint}${target}`, method, { ...headers, ...signature, ...change.headers }, text);
}

function plain(target: string, headers: Record<string, string> = {}): Promise<RawAnswer> {
  return send(`${running.endpoint}${target}`, 'GET', headers);
}

describe('a call to the management API', () => {
  test('is let in by a signature', async () => {
    expect((await signed()).status).toBe(200);
  });

  test('is let in by a signature in the layout with a scope', async () => {
    expect((await signed({ scope: { region: '', service: '' } })).status).toBe(200);
  });

  test('is let in by a signature that leaves out the body', async () => {
    const answer = await signed({ method: 'POST', body: '{}', unsignedPayload: true });

    expect(answer.body['error_code']).toBe('APIC.7211');
  });

  test('is let in by a token', async () => {
    expect((await plain(GATEWAYS, { 'X-Auth-Token': 'test-token' })).status).toBe(200);
  });

  test('is let in 15 minutes before and after the time of its signature', async () => {
    const now = running.clock.now();

    expect((await signed({ date: new Date(now - 15 * 60_000) })).status).toBe(200);
    expect((await signed({ date: new Date(now + 15 * 60_000) })).status).toBe(200);
  });

  test.each<readonly [string, () => Promise<RawAnswer>]>([
    ['has no credential', () => plain(GATEWAYS)],
    ['has an unknown token', () => plain(GATEWAYS, { 'X-Auth-Token': 'another-token' })],
    ['has an empty token', () => plain(GATEWAYS, { 'X-Auth-Token': '' })],
    ['has another kind of credential', () => plain(GATEWAYS, { Authorization: 'Basic dGVzdDp0ZXN0' })],
    ['is signed by an unknown key', () => signed({ accessKey: 'NOBODY' })],
    ['is signed with a wrong secret', () => signed({ secret: 'wrong' })],
    [
      'is signed with a wrong secret in the other layout',
      () => signed({ secret: 'wrong', scope: { region: 'r', service: 's' } }),
    ],
    ['was signed too long ago', () => signed({ date: new Date(running.clock.now() - 15 * 60_000 - 1000) })],
    ['was signed with another body', () => signed({ method: 'POST', body: '{"a":1}' }, { body: '{"a":2}' })],
    ['was signed with other headers', () => signed({}, { headers: { host: 'elsewhere.localhost' } })],
    [
      'has a digest that is not that of its body',
      () => {
        const headers = { host: 'h.localhost', 'x-sdk-content-sha256': '0'.repeat(64) };
        return signed({ method: 'POST', headers, body: '{}' }, { headers });
      },
    ],
  ])('that %s is refused like one without a credential', async (_case, call) => {
    const answer = await call();

    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({
      error_code: 'APIC.7100',
      error_msg: 'No token or signature was sent, or it is not valid.',
      request_id: answer.headers['x-request-id'],
    });
  });

  test('about what is in a gateway is refused with a code of its own', async () => {
    expect((await plain(CONTENT)).body['error_code']).toBe('APIG.1000');
    expect((await signed({ target: CONTENT, secret: 'wrong' })).body['error_code']).toBe('APIG.1000');
  });

  test('to a path that does not exist is refused before that is said', async () => {
    expect((await plain('/nowhere')).status).toBe(401);
  });

  test('about the project of another account is refused', async () => {
    const credential = { accessKey: 'OTHERACCESSKEY', secret: 'other-secret-key' };

    const [management, content] = [
      await signed(credential),
      await signed({ ...credential, target: CONTENT }),
    ];

    expect([management.status, management.body['error_code']]).toEqual([403, 'APIC.7130']);
    expect([content.status, content.body['error_code']]).toEqual([403, 'APIG.1005']);
  });

  test('by an account of another project does not see the gateways of this one', async () => {
    const created = await running.client.gateway.create({
      name: 'of_the_first',
      edition: 'BASIC',
      vpcId: 'v',
      subnetId: 's',
      securityGroupId: 'g',
      availableZoneIds: ['a'],
    });
    const other = { 'X-Auth-Token': 'other-token' };
    const theirs = `/v2/${OTHER.projectId}/apigw/instances`;

    const list = await plain(theirs, other);
    const item = await plain(`${theirs}/${created.id}`, other);
    const content = await plain(`${theirs}/${created.id}/apps`, other);

    expect(list.body).toEqual({ total: 0, size: 0, instances: [] });
    expect([item.status, item.body['error_code']]).toEqual([403, 'APIC.7130']);
    expect([content.status, content.body['error_code']]).toEqual([403, 'APIG.1136']);
  });

  test('may write the IDs of its path with dashes', async () => {
    const dashed = '11111111-1111-1111-1111-111111111111';

    expect((await signed({ target: `/v2/${dashed}/apigw/instances` })).status).toBe(200);
  });
});
