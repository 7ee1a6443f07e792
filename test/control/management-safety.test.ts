import { request as httpsRequest } from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isDeeperThan } from '../../gateway-runtime/src/control/json-depth.ts';
import { isOwnHost } from '../../gateway-runtime/src/control/host-names.ts';
import { makeCertificate } from '../support/certificates.ts';
import { openGateway, send, TEST_ACCOUNT, type TestGateway } from '../support/gateway.ts';

const TOKEN = { 'X-Auth-Token': 'test-token' };
const INSTANCES = `/v2/${TEST_ACCOUNT.projectId}/apigw/instances`;

let running: TestGateway;
beforeAll(async () => {
  running = await openGateway({ managementNames: ['apig.internal'] });
});
afterAll(() => running.dispose());

describe('a host name', () => {
  test.each([
    ['127.0.0.1', true],
    ['127.0.0.1:8090', true],
    ['192.0.2.1:8090', true],
    ['[::1]:8090', true],
    ['localhost', true],
    ['LOCALHOST.:8090', true],
    ['tools.localhost', true],
    ['apig.internal', true],
    ['APIG.internal:443', true],
    [undefined, true],
    ['', false],
    ['attacker.example.com', false],
    ['attacker.example.com:8090', false],
    ['localhost.attacker.example.com', false],
    ['notlocalhost', false],
    ['127.0.0.1.attacker.example.com', false],
    ['127.0.0.1@attacker.example.com', false],
    ['[::1].attacker.example.com', false],
    ['[attacker]', false],
    ['a:b:c', false],
  ])('%j is the own one: %s', (header, isOwn) => {
    expect(isOwnHost(header, ['apig.internal'])).toBe(isOwn);
  });
});

describe('a page of a stranger whose domain leads here', () => {
  test.each(['/runtime/v1/health', '/', INSTANCES, '/v3/auth/tokens'])(
    'is not answered on %s, whatever it knows',
    async (path) => {
      const answer = await send(`${running.endpoint}${path}`, 'GET', {
        ...TOKEN,
        host: 'rebound.example.com',
      });
      expect(answer).toMatchObject({ status: 421, body: { error_code: 'APIG.0101' } });
    },
  );

  test('is not told that it may read answers', async () => {
    const origin = { Origin: 'https://attacker.example.com' };
    for (const path of ['/runtime/v1/health', INSTANCES]) {
      const { headers } = await send(`${running.endpoint}${path}`, 'GET', { ...TOKEN, ...origin });
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
    const preflight = await send(`${running.endpoint}${INSTANCES}`, 'OPTIONS', {
      ...origin,
      'Access-Control-Request-Method': 'GET',
    });
    expect(preflight.status).toBe(401);
    expect(preflight.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('a body', () => {
  const post = (body: string) => send(`${running.endpoint}${INSTANCES}`, 'POST', TOKEN, body);

  test.each([
    ['lists', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('of very deep %s is refused', async (_, open, close) => {
    const answer = await post(`{"tags":${open.repeat(100_000)}1${close.repeat(100_000)}}`);
    expect(answer).toMatchObject({ status: 400, body: { error_code: 'APIG.2000' } });
    expect(answer.text).not.toMatch(/\bat .*:\d+:\d+/);
  });

  test('that is too long is refused', async () => {
    const answer = await post(JSON.stringify({ description: 'x'.repeat(5 * 1024 * 1024) }));
    expect(answer.status).toBe(413);
  });

  test('is as deep as what is open in it, texts aside', () => {
    const depth = (text: string) => {
      let limit = 0;
      while (isDeeperThan(limit, Buffer.from(text))) limit += 1;
      return limit;
    };
    expect(depth('1')).toBe(0);
    expect(depth('{"a":[1],"b":[[]]}')).toBe(3);
    expect(depth('{"a[[[":"{{{\\"[[["}')).toBe(1);
    expect(depth('["\\\\",[]]')).toBe(2);
  });
});

describe('an encrypted management API', () => {
  test('is spoken to by TLS alone', async () => {
    const { certificate, key } = await makeCertificate(['127.0.0.1']);
    const encrypted = await openGateway({ managementTls: { certificate, key } });
    const { host, port } = encrypted.gateway.management;
    const status = await new Promise((resolve, reject) => {
      const options = { host, port, path: INSTANCES, headers: TOKEN, ca: certificate, agent: false };
      const sent = httpsRequest(options, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      sent.on('error', reject);
      sent.end();
    });
    expect(status).toBe(200);
    await expect(send(`http://${host}:${port}${INSTANCES}`, 'GET', TOKEN)).rejects.toThrow();
    await encrypted.dispose();
  });
});
