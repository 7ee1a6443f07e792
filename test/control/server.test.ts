import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Authentication } from '../../gateway-runtime/src/control/authentication.ts';
import { ConfiguredIdentities } from '../../gateway-runtime/src/control/identities.ts';
import { IssuedTokens } from '../../gateway-runtime/src/control/identity/issued-tokens.ts';
import { startControlServer } from '../../gateway-runtime/src/control/server.ts';
import { createLog } from '../../gateway-runtime/src/observe/log.ts';
import { systemClock } from '../../gateway-runtime/src/clock.ts';
import { openGateway, send, TEST_ACCOUNT, type TestGateway } from '../support/gateway.ts';

let running: TestGateway;
beforeAll(async () => {
  running = await openGateway();
});
afterAll(() => running.dispose());

const TOKEN = { 'X-Auth-Token': 'test-token' };
const INSTANCES = `/v2/${TEST_ACCOUNT.projectId}/apigw/instances`;

function raw(method: string, target: string, body?: string) {
  return send(`${running.endpoint}${target}`, method, { ...TOKEN, 'content-type': 'application/json' }, body);
}

describe('the management API', () => {
  test('gives every answer an ID of its own', async () => {
    const answers = [await raw('GET', INSTANCES), await raw('GET', '/nowhere'), await raw('POST', INSTANCES)];

    const ids = answers.map(({ headers }) => headers['x-request-id']);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(ids).size).toBe(3);
  });

  test.each([
    ['text that is no JSON', '{"a":'],
    ['a list', '[]'],
    ['a text', '"a"'],
    ['nothing but null', 'null'],
  ])('refuses %s as a body', async (_case, body) => {
    const answer = await raw('POST', INSTANCES, body);

    expect([answer.status, answer.body['error_code']]).toEqual([400, 'APIG.2000']);
  });

  test('takes a body without a content type', async () => {
    const answer = await send(`${running.endpoint}${INSTANCES}`, 'POST', TOKEN, '{"instance_name":7}');

    expect(answer.body['error_code']).toBe('APIC.7211');
  });

  test('refuses a body that is too long', async () => {
    const answer = await raw('POST', INSTANCES, ' '.repeat(4 * 1024 * 1024 + 1));

    expect([answer.status, answer.body['error_code']]).toEqual([413, 'APIG.2000']);
  });

  test('has nothing at other paths', async () => {
    for (const path of ['/v1', '/v2', `${INSTANCES}/x/y/z`, '/%zz']) {
      const answer = await raw('GET', path);
      expect([path, answer.status, answer.body['error_code']]).toEqual([path, 404, 'APIG.0101']);
    }
  });

  test('names the methods of a path that is asked with another one', async () => {
    const answer = await raw('PATCH', INSTANCES);

    expect([answer.status, answer.body['error_code'], answer.headers['allow']]).toEqual([
      405,
      'APIG.0101',
      'POST, GET',
    ]);
  });

  test('answers what is no HTTP in the documented form', async () => {
    const answer = await speak('NONSENSE\r\n\r\n');

    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toContain('"error_code":"APIG.2000"');
  });

  test('answers a fault of its own with 500, logs it once, and serves on', async () => {
    const lines: string[] = [];
    const server = await startControlServer(
      {
        routes: [
          {
            method: 'GET',
            path: 'broken',
            status: 200,
            answer: () => {
              throw new TypeError('a fault with a secret in it');
            },
          },
          { method: 'GET', path: 'whole', status: 200, answer: () => ({}) },
        ],
        runtimeRoutes: [],
        identityRoutes: [],
        hostNames: [],
        probes: {},
        authentication: new Authentication(
          new ConfiguredIdentities({ accounts: [TEST_ACCOUNT] }, new IssuedTokens(systemClock)),
          systemClock,
        ),
        projectId: TEST_ACCOUNT.projectId,
        log: createLog('error', { write: (line) => lines.push(line) }),
      },
      { host: '127.0.0.1', port: 0 },
    );
    const base = `http://127.0.0.1:${server.port}/v2/${TEST_ACCOUNT.projectId}/apigw`;

    const broken = await send(`${base}/broken`, 'GET', TOKEN);
    const whole = await send(`${base}/whole`, 'GET', TOKEN);
    await server.close(1000);

    expect(broken.status).toBe(500);
    expect(broken.body).toEqual({
      error_code: 'APIG.9999',
      error_msg: 'An unknown fault occurred.',
      request_id: broken.headers['x-request-id'],
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(String(broken.body['request_id']));
    expect(whole.status).toBe(200);
  });

  test('tells anybody that it lives and serves', async () => {
    const [health, ready] = [
      await send(`${running.endpoint}/runtime/v1/health`, 'GET', {}),
      await send(`${running.endpoint}/runtime/v1/ready`, 'GET', {}),
    ];

    expect([health.status, health.body]).toEqual([200, { status: 'ok' }]);
    expect([ready.status, ready.body]).toEqual([200, { ready: true }]);
  });

  test('writes neither credentials nor bodies to its log', async () => {
    await running.call('POST', 'instances', { instance_name: 'body_text' });

    const log = running.logLines.join('');
    expect(log).toContain('management call');
    for (const secret of ['test-token', 'test-secret-key', 'TESTACCESSKEY', 'body_text']) {
      expect(log).not.toContain(secret);
    }
  });
});

/** Sends bytes and returns all that comes back. */
function speak(text: string): Promise<string> {
  const { host, port } = running.gateway.management;
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => socket.write(text));
    let answer = '';
    socket.setEncoding('latin1');
    socket.on('data', (part: string) => {
      answer += part;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}
