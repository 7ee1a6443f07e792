import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseDuration } from '../../provider/src/durations.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { openStack, type Outcome, type Stack } from '../support/pulumi.ts';

/*
 * How long operations may take, by the option `customTimeouts` of a resource and by the stack's `apig:timeout`. The service
 * is a runtime behind a proxy that shows gateways as slow as the clouds' are, and that swallows requests.
 */

describe('a duration', () => {
  test.each([
    ['30s', 30_000],
    ['1h30m', 5_400_000],
    ['1.5m', 90_000],
    ['250ms', 250],
  ])('%s is understood', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(['', '30', 'm', '-1s', '0s', '1ns', '1d', '5 m', '30000h'])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

const NETWORK = `vpcId: 'v', subnetId: 's', securityGroupId: 'g', availableZoneIds: ['z']`;
const gateway = (timeouts: string) => `
  import * as apig from '@apig/provider';
  const gateway = new apig.Gateway('gateway', { name: 'shop', edition: 'BASIC', ${NETWORK} }, { customTimeouts: { ${timeouts} } });
`;
/** A policy for an API that nothing publishes. */
const binding = (options: string) => `${gateway('')}
  const gatewayId = gateway.id;
  const group = new apig.ApiGroup('group', { gatewayId, name: 'orders' });
  const api = new apig.Api('api', { gatewayId, groupId: group.id, name: 'ping', method: 'GET', path: '/', authentication: 'NONE', mockBackend: {} });
  const environment = new apig.Environment('environment', { gatewayId, name: 'staging' });
  const throttle = new apig.Throttle('throttle', { gatewayId, name: 'gold', apiCallLimit: 1, timeInterval: 1, timeUnit: 'DAY' });
  new apig.ThrottleBinding('binding', { gatewayId, throttleId: throttle.id, environmentId: environment.id, apiIds: [api.id] }, ${options});
`;

let runtime: TestGateway;
let service: SlowService;
let stack: Stack;

beforeAll(async () => {
  runtime = await openGateway();
  service = await openSlowService(runtime.endpoint);
  const { projectId, accessKey, secretKey } = runtime;
  stack = await openStack({
    program: { 'index.ts': '' },
    config: { 'apig:endpoint': service.endpoint, 'apig:projectId': projectId, 'apig:accessKey': accessKey },
    secrets: { 'apig:secretKey': secretKey },
  });
}, 120_000);

afterAll(async () => {
  await stack.dispose();
  await service.dispose();
  await runtime.dispose();
});

function run(program: string): Promise<Outcome> {
  stack.write({ 'index.ts': program });
  return stack.up();
}

describe('a gateway that takes long', () => {
  test('is given up after the time of its resource, and completed by the next update', async () => {
    service.shown = 'Creating';
    const failed = await run(gateway(`create: '1s'`));
    expect(failed.code).not.toBe(0);
    expect(failed.stdout).toMatch(/Creating the gateway "shop" failed: .*not ready after 1000 ms/);
    expect(failed.stdout).toContain(
      'the next `pulumi up` completes it. It may take 1s (customTimeouts.create).',
    );

    service.shown = undefined;
    expect(await run(gateway(`create: '1s', delete: '2s'`))).toMatchObject({ code: 0 });
    const [made, ...others] = await runtime.client.gateway.list({});
    expect(others).toEqual([]);
    expect((await stack.exportState()).resources.map(({ id }) => id)).toEqual([made?.id]);
    expect((await stack.preview()).changes).toEqual([]);
  }, 300_000);

  test('is not awaited longer when it is removed, also after a refresh', async () => {
    await stack.refresh();
    service.shown = 'Deleting';
    const failed = await stack.destroy();
    expect(failed.code).not.toBe(0);
    expect(failed.stdout + failed.stderr).toMatch(
      /not gone after 2000 ms.*It may take 2s \(customTimeouts\.delete\)\./,
    );
    service.shown = undefined;
    expect(await stack.destroy()).toMatchObject({ code: 0 });
  }, 300_000);
});

describe('an API that is not published', () => {
  test('is not awaited longer than its binding says, or the stack', async () => {
    const own = await run(binding(`{ customTimeouts: { create: '1s' } }`));
    expect(own.stdout).toMatch(/not published in environment .*It may take 1s \(customTimeouts\.create\)\./);
    await stack.setConfig('apig:timeout', '1500ms');
    const stacks = await run(binding('{}'));
    expect(stacks.stdout).toMatch(/not published in environment .*It may take 1500ms \(apig:timeout\)\./);
  }, 300_000);
});

describe('a request that gets no answer', () => {
  test('is ended after the time of its resource', async () => {
    service.swallows = /^PUT .*\/throttles\//;
    const program = binding('{}')
      .replace('apiCallLimit: 1', 'apiCallLimit: 2')
      .replace(/new apig\.ThrottleBinding.*/, '');
    const { code, stdout } = await run(program);
    service.swallows = undefined;
    expect(code).not.toBe(0);
    expect(stdout).toMatch(/Updating the throttle "gold" failed: .*It may take 1500ms \(apig:timeout\)\./);
    expect(await run(program)).toMatchObject({ code: 0 });
  }, 300_000);
});

describe('a time that is none', () => {
  test('fails the preview', async () => {
    await stack.setConfig('apig:timeout', 'an hour');
    const { code, diagnostics } = await stack.preview();
    expect(code).not.toBe(0);
    expect(diagnostics.map(({ message }) => message).join('')).toContain(
      'apig:timeout (or APIG_TIMEOUT): expected a duration such as 45m or 1h30m.',
    );
    await stack.setConfig('apig:timeout', '5m');
  }, 120_000);
});

interface SlowService {
  readonly endpoint: string;
  /** The state that gateways are shown in, instead of the one that they have. */
  shown: string | undefined;
  /** Requests, by method and target, that are never answered. */
  swallows: RegExp | undefined;
  dispose(): Promise<void>;
}

async function openSlowService(target: string): Promise<SlowService> {
  const { hostname, port } = new URL(target);
  let known = '';
  const server = createServer((request, response) => {
    void (async () => {
      const { method = '', url = '', headers } = request;
      const body = await buffer(request);
      if (opened.swallows?.test(`${method} ${url}`)) return;
      const upstream = httpRequest({ hostname, port, method, path: url, headers });
      upstream.end(body);
      const [answer] = (await once(upstream, 'response')) as [IncomingMessage];
      const text = (await buffer(answer)).toString();
      const isGateway = method === 'GET' && /\/instances\/\w+$/.test(url);
      if (isGateway && answer.statusCode === 200) known = text;
      if (!isGateway || opened.shown === undefined) {
        response.writeHead(answer.statusCode ?? 0, answer.headers).end(text);
        return;
      }
      const shown = known.replace('"status":"Running"', `"status":"${opened.shown}"`);
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(shown);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const opened: SlowService = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    shown: undefined,
    swallows: undefined,
    async dispose() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return opened;
}
