import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RELEASE_ENVIRONMENT_ID } from '@apig/sdk';
import type { Json } from '@apig/sdk/contract';
import { sign } from '@apig/sdk/signer';
import { openGateway, send, TEST_ACCOUNT, type RawAnswer, type TestGateway } from '../support/gateway.ts';

const PASSWORD = 'correct horse';
const ACCOUNT = { ...TEST_ACCOUNT, password: PASSWORD, projectName: 'eu-de_shop' };
const OTHER = {
  ...TEST_ACCOUNT,
  userName: 'other',
  projectId: '2'.repeat(32),
  projectName: 'eu-de_other',
  accessKeys: [{ accessKey: 'OTHERKEY', secretKey: 'other-secret' }],
  tokens: [],
};
const DOMAIN = { id: TEST_ACCOUNT.domainId, name: TEST_ACCOUNT.domainName };

let running: TestGateway;
beforeAll(async () => {
  running = await openGateway({ credentials: { accounts: [ACCOUNT, OTHER] } });
});
afterAll(() => running.dispose());

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<RawAnswer> {
  return send(`${running.endpoint}${path}`, method, headers);
}

function signed(path: string): Promise<RawAnswer> {
  const { host, port } = running.gateway.management;
  const headers = { host: `${host}:${port}` };
  const { accessKey, secretKey: secret } = running;
  const date = new Date(running.clock.now());
  return get(path, {
    ...headers,
    ...sign({ method: 'GET', target: path, headers, accessKey, secret, date }),
  });
}

function post(auth: unknown): Promise<RawAnswer> {
  const body = JSON.stringify({ auth });
  return send(`${running.endpoint}/v3/auth/tokens`, 'POST', { 'content-type': 'application/json' }, body);
}

function withPassword(user: Json, scope?: Json): Promise<RawAnswer> {
  return post({ identity: { methods: ['password'], password: { user } }, scope });
}

const user = (fields: Json = {}): Json => ({
  name: ACCOUNT.userName,
  password: PASSWORD,
  domain: { name: DOMAIN.name },
  ...fields,
});

async function tokenFor(scope?: Json): Promise<string> {
  const answer = await withPassword(user(), scope);
  expect(answer.status).toBe(201);
  return String(answer.headers['x-subject-token']);
}

const gateways = `/v2/${ACCOUNT.projectId}/apigw/instances`;

describe('the identity service', () => {
  test('tells its version to anybody', async () => {
    const self = { rel: 'self', href: `${running.endpoint}/v3/` };
    expect((await get('/')).body).toMatchObject({
      versions: { values: [{ id: 'v3.6', status: 'stable', links: [self] }] },
    });
    expect((await get('/v3')).body).toMatchObject({ version: { id: 'v3.6', links: [self] } });
    expect((await get('/v3/')).status).toBe(200);
  });

  test.each(['/v3/auth/catalog', '/v3/projects', '/v3/auth/projects', '/v3/auth/domains'])(
    'tells %s to nobody unknown',
    async (path) => {
      const answer = await get(path, { 'X-Auth-Token': 'nonsense' });
      expect(answer).toMatchObject({ status: 401, body: { error: { code: 401, title: 'Unauthorized' } } });
    },
  );

  test('shows a catalog that leads back here', async () => {
    const { status, body } = await signed('/v3/auth/catalog');
    expect(status).toBe(200);
    const volume = (body['catalog'] as Json[]).find(({ type }) => type === 'volumev2');
    expect(volume).toMatchObject({
      endpoints: [
        { interface: 'public', region: 'eu-de', url: `${running.endpoint}/v2/${ACCOUNT.projectId}` },
      ],
    });
  });

  test.each(['/v3/projects', '/v3/auth/projects'])('lists the projects of the caller by %s', async (path) => {
    const all = await signed(path);
    expect(all.body['projects']).toMatchObject([
      { id: ACCOUNT.projectId, name: 'eu-de_shop', domain_id: DOMAIN.id, enabled: true },
    ]);
    expect((await signed(`${path}?name=eu-de_shop`)).body['projects']).toHaveLength(1);
    expect((await signed(`${path}?name=another`)).body['projects']).toEqual([]);
  });

  test('lists the domain of the caller', async () => {
    expect((await signed('/v3/auth/domains')).body['domains']).toMatchObject([DOMAIN]);
    expect((await signed(`/v3/auth/domains?name=${DOMAIN.name}`)).body['domains']).toHaveLength(1);
    expect((await signed('/v3/auth/domains?name=another')).body['domains']).toEqual([]);
  });
});

describe('a token', () => {
  test.each<readonly [string, () => Promise<RawAnswer>]>([
    ['a password, by the names of user and domain', () => withPassword(user())],
    ['a password, by the ID of the domain', () => withPassword(user({ domain: { id: DOMAIN.id } }))],
    [
      'a password, for a project by its name',
      () => withPassword(user(), { project: { name: 'eu-de_shop', domain: DOMAIN } }),
    ],
    [
      'a password, for a project by its ID',
      () => withPassword(user(), { project: { id: ACCOUNT.projectId } }),
    ],
    [
      'an access key and its secret',
      () =>
        post({
          identity: {
            methods: ['hw_ak_sk'],
            hw_ak_sk: { access: { key: running.accessKey }, secret: { key: running.secretKey } },
          },
        }),
    ],
    [
      'another token',
      async () => post({ identity: { methods: ['token'], token: { id: await tokenFor() } } }),
    ],
  ])('is given for %s', async (_, request) => {
    const { status, headers, body } = await request();
    expect(status).toBe(201);
    const now = running.clock.now();
    expect(body['token']).toMatchObject({
      user: { name: ACCOUNT.userName, domain: DOMAIN },
      project: { id: ACCOUNT.projectId, name: 'eu-de_shop', domain: DOMAIN },
      roles: [{ name: expect.any(String) }],
      issued_at: new Date(now).toISOString().replace('Z', '000Z'),
      expires_at: new Date(now + 86_400_000).toISOString().replace('Z', '000Z'),
    });
    const token = String(headers['x-subject-token']);
    expect((await get(gateways, { 'X-Auth-Token': token })).status).toBe(200);
    expect((await get('/v3/auth/catalog', { 'X-Auth-Token': token })).status).toBe(200);
  });

  test('for a domain names the domain in the place of a project', async () => {
    const { body } = await withPassword(user(), { domain: { name: DOMAIN.name } });
    expect(body['token']).toMatchObject({ domain: DOMAIN });
    expect(body['token']).not.toHaveProperty('project');
  });

  test('for the ID of the user is given too', async () => {
    const { body } = await withPassword(user());
    const { user: known } = body['token'] as { user: { id: string } };
    expect((await withPassword({ id: known.id, password: PASSWORD })).status).toBe(201);
  });

  test.each<readonly [string, () => Promise<RawAnswer>, number]>([
    ['a wrong password', () => withPassword(user({ password: 'wrong' })), 401],
    ['an unknown user', () => withPassword(user({ name: 'nobody' })), 401],
    ['a user without a password', () => withPassword(user({ name: 'other', password: '' })), 401],
    ['another domain', () => withPassword(user({ domain: { name: 'elsewhere' } })), 401],
    ['no domain', () => withPassword(user({ domain: undefined })), 401],
    ['another project', () => withPassword(user(), { project: { name: 'another' } }), 401],
    ['a project of another user', () => withPassword(user(), { project: { id: OTHER.projectId } }), 401],
    [
      'a wrong secret',
      () =>
        post({
          identity: {
            methods: ['hw_ak_sk'],
            hw_ak_sk: { access: { key: running.accessKey }, secret: { key: 'wrong' } },
          },
        }),
      401,
    ],
    ['an unknown token', () => post({ identity: { methods: ['token'], token: { id: 'wrong' } } }), 401],
    ['another method', () => post({ identity: { methods: ['totp'] } }), 400],
    ['two methods', () => post({ identity: { methods: ['password', 'totp'] } }), 400],
    ['nothing', () => post(undefined), 400],
    ['a number for a password', () => withPassword(user({ password: 7 })), 400],
  ])('is not given for %s', async (_, request, status) => {
    running.clock.advance(61_000);
    const answer = await request();
    expect(answer).toMatchObject({ status, body: { error: { code: status } } });
    expect(answer.headers).not.toHaveProperty('x-subject-token');
    expect(answer.text).not.toContain(PASSWORD);
  });

  test('lets its user call APIs that ask for an account', async () => {
    const { client, gateway } = running;
    const { id: gatewayId } = await client.gateway.create({
      name: 'main',
      edition: 'BASIC',
      vpcId: 'vpc',
      subnetId: 'subnet',
      securityGroupId: 'group',
      availableZoneIds: ['az1'],
    });
    const { id: groupId } = await client.apiGroup.create({ gatewayId, name: 'shop' });
    const api = await client.api.create({
      gatewayId,
      groupId,
      name: 'hello',
      method: 'GET',
      path: '/hello',
      protocol: 'BOTH',
      authentication: 'IAM',
      mockBackend: { result: '{"from":"mock"}' },
    });
    const environmentId = RELEASE_ENVIRONMENT_ID;
    await client.deployment.create({ gatewayId, apiId: api.id, environmentId, apiDigest: api.digest });
    const call = (token: string) =>
      send(`http://127.0.0.1:${gateway.http?.port}/hello`, 'GET', {
        host: `${groupId}.apic.localhost`,
        'X-Auth-Token': token,
      });
    expect(await call(await tokenFor())).toMatchObject({ status: 200, body: { from: 'mock' } });
    expect((await call('wrong')).status).toBe(401);
  });

  test('is refused when its day is over', async () => {
    const token = await tokenFor();
    running.clock.advance(86_399_000);
    expect((await get(gateways, { 'X-Auth-Token': token })).status).toBe(200);
    running.clock.advance(1000);
    expect((await get(gateways, { 'X-Auth-Token': token })).status).toBe(401);
  });

  test('can be looked at and taken back', async () => {
    const [mine, other] = [await tokenFor(), await tokenFor()];
    const headers = { 'X-Auth-Token': mine, 'X-Subject-Token': other };
    expect((await get('/v3/auth/tokens', headers)).body['token']).toMatchObject({ methods: ['password'] });
    expect((await get('/v3/auth/tokens', headers, 'DELETE')).status).toBe(204);
    expect((await get(gateways, { 'X-Auth-Token': other })).status).toBe(401);
    expect((await get('/v3/auth/tokens', headers)).status).toBe(404);
  });

  test('of one run is refused by the next, and stands in no log', async () => {
    const first = await openGateway({ credentials: { accounts: [ACCOUNT] } });
    const body = JSON.stringify({
      auth: { identity: { methods: ['password'], password: { user: user() } } },
    });
    const answer = await send(`${first.endpoint}/v3/auth/tokens`, 'POST', {}, body);
    const token = String(answer.headers['x-subject-token']);
    expect(first.logLines.join('')).not.toContain(token);
    expect(first.logLines.join('')).not.toContain(PASSWORD);
    const second = await first.restart();
    const refused = await send(`${second.endpoint}${gateways}`, 'GET', { 'X-Auth-Token': token });
    expect(refused.status).toBe(401);
    await second.dispose();
  });
});

describe('whoever guesses passwords', () => {
  test('is told to wait after five failures in a minute, also with the right one', async () => {
    running.clock.advance(61_000);
    for (let time = 0; time < 5; time += 1) {
      expect((await withPassword(user({ password: `guess ${time}` }))).status).toBe(401);
    }
    running.clock.advance(10_000);
    const answer = await withPassword(user());
    expect(answer).toMatchObject({
      status: 429,
      headers: { 'retry-after': '50' },
      body: { error: { code: 429 } },
    });
    expect((await withPassword(user({ name: 'another' }))).status).toBe(401);
    running.clock.advance(50_000);
    expect((await withPassword(user())).status).toBe(201);
  });

  test('is told to wait whatever the names, after fifty failures', async () => {
    running.clock.advance(61_000);
    for (let time = 0; time < 50; time += 1) await withPassword(user({ name: `guess ${time}` }));
    expect((await withPassword(user())).status).toBe(429);
    running.clock.advance(61_000);
    expect((await withPassword(user())).status).toBe(201);
  });
});
