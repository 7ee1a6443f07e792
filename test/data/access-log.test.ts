import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openBackend, type Backend } from '../support/backend.ts';
import { openRaw, sendRaw } from '../support/raw-http.ts';
import { createId, openTraffic, TOKENS, type Traffic } from '../support/traffic.ts';

type Line = Readonly<Record<string, unknown>>;

let traffic: Traffic;
let backend: Backend;

beforeAll(async () => {
  backend = await openBackend();
  traffic = await openTraffic({ logLevel: 'info' });
});

afterAll(async () => {
  await traffic.dispose();
  await backend.dispose();
});

/** The line about the call with that id. */
function lineOf(requestId: unknown): Line {
  const lines = traffic.logLines.map((text) => JSON.parse(text) as Line);
  const line = lines.find((each) => each['request_id'] === requestId);
  if (line === undefined) throw new Error('the call was not logged');
  return line;
}

describe('the access log', () => {
  test('has a line for each call, with who, what and how it ended', async () => {
    const path = `/${createId()}`;
    const app = traffic.createApp('logged_app');
    const published = traffic.publish({
      path,
      name: 'logged_api',
      authentication: 'APP',
      httpBackend: { address: backend.address, protocol: 'HTTP', method: 'GET', path: '/inner' },
    });
    traffic.authorize(app.id, published);
    const { headers } = await traffic.call({ path: `${path}?q=1`, signedBy: app });
    expect(lineOf(headers['x-request-id'])).toMatchObject({
      remote_addr: '127.0.0.1',
      method: 'GET',
      scheme: 'http',
      host: traffic.domain,
      router_uri: path,
      status: 200,
      bytes_sent: 18,
      request_time: expect.any(Number) as unknown as number,
      errorType: 0,
      response_source: 'remote',
      api_id: published.apiId,
      api_name: 'logged_api',
      group_id: traffic.groupId,
      stage: 'RELEASE',
      auth_type: 'APP',
      app_id: app.id,
      app_name: 'logged_app',
      upstream_addr: `http://${backend.address}`,
      upstream_uri: '/inner',
      upstream_status: 200,
      upstream_attempts: 1,
    });
  });

  test('tells a refusal with its code', async () => {
    const { headers } = await traffic.call('/nowhere');
    expect(lineOf(headers['x-request-id'])).toMatchObject({
      status: 404,
      response_source: 'local',
      apig_err_code: 'APIG.0101',
      errorType: 0,
    });
  });

  test('tells refusals by a limit from others', async () => {
    const path = `/${createId()}`;
    const published = traffic.publish({ path });
    traffic.bind(
      'throttleBinding',
      traffic.createThrottle({ apiCallLimit: 1, timeInterval: 1, timeUnit: 'DAY' }),
      published,
    );
    await traffic.call(path);
    const { headers } = await traffic.call(path);
    expect(lineOf(headers['x-request-id'])).toMatchObject({ errorType: 1, apig_err_code: 'APIG.0308' });
  });

  test('tells why a backend failed', async () => {
    const path = `/${createId()}`;
    const failing = await openBackend({ stream: (request) => request.socket.destroy() });
    traffic.publish({
      path,
      httpBackend: { address: failing.address, protocol: 'HTTP', method: 'GET', path: '/', retryCount: 2 },
    });
    const { headers } = await traffic.call(path);
    await failing.dispose();
    expect(lineOf(headers['x-request-id'])).toMatchObject({
      status: 502,
      upstream_attempts: 3,
      upstream_failure: 'broken',
      response_source: 'local',
    });
  });

  test('names the project of an account', async () => {
    const path = `/${createId()}`;
    traffic.publish({ path, authentication: 'IAM' });
    const { headers } = await traffic.call({ path, headers: { 'X-Auth-Token': TOKENS.bob } });
    expect(lineOf(headers['x-request-id'])).toMatchObject({ user_id: '2'.repeat(32), auth_type: 'IAM' });
  });

  test('marks callers that hang up with 499', async () => {
    const path = `/${createId()}`;
    let left: () => void = () => undefined;
    const hasLeft = new Promise<void>((resolve) => (left = resolve));
    let arrived: () => void = () => undefined;
    const hasArrived = new Promise<void>((resolve) => (arrived = resolve));
    const hanging = await openBackend({
      stream: (request) => {
        request.socket.on('close', left);
        arrived();
      },
    });
    traffic.publish({
      path,
      httpBackend: { address: hanging.address, protocol: 'HTTP', method: 'GET', path: '/' },
    });
    const connection = await openRaw(traffic.http);
    connection.write(`GET ${path} HTTP/1.1\r\nHost: ${traffic.domain}\r\n\r\n`);
    await hasArrived;
    connection.destroy();
    await hasLeft;
    await hanging.dispose();
    const line = traffic.logLines
      .map((text) => JSON.parse(text) as Line)
      .find((each) => each['router_uri'] === path);
    expect(line).toMatchObject({ status: 499 });
  });

  test('holds no secret', async () => {
    const path = `/${createId()}`;
    traffic.publish({ path, authentication: 'APP', allowAppCode: true });
    const headers = {
      Authorization: 'Bearer very-secret',
      'X-Auth-Token': 'very-secret',
      'X-Apig-AppCode': 'very-secret',
      Cookie: 'very-secret',
    };
    await traffic.call({ path: `${path}?token=very-secret`, headers });
    expect(traffic.logLines.join('')).not.toContain('very-secret');
    expect(traffic.logLines.join('')).not.toContain(TOKENS.bob);
  });

  test.each([
    ['of HTTP/1.1', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400, 'APIG.0602', 'hostRepeated'],
    ['of a version that is not spoken', 'GET / HTTP/3.0\r\n\r\n', 400, 'APIG.0602', 'versionUnknown'],
  ])('has a line for a request that never became a call: one %s', async (_, bytes, status, code, fault) => {
    const received = await sendRaw(traffic.http, bytes);
    const id = /X-Request-Id: (\S+)/.exec(received)?.[1];
    expect(lineOf(id)).toMatchObject({ status, apig_err_code: code, fault, remote_addr: '127.0.0.1' });
  });
});
