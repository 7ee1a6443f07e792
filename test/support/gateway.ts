import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient, type Client } from '@apig/sdk';
import type { Json } from '@apig/sdk/contract';
import { sign } from '@apig/sdk/signer';
import type { Clock } from '../../gateway-runtime/src/clock.ts';
import type { CredentialAccount, Credentials } from '../../gateway-runtime/src/control/credentials.ts';
import { createGateway, type Gateway, type GatewayConfig } from '../../gateway-runtime/src/gateway.ts';
import { createLog } from '../../gateway-runtime/src/observe/log.ts';
import { createTestClock, turnable, type TestClock } from './clock.ts';

/** How a gateway under test differs from the usual one. */
export interface OpenGatewayOptions extends Partial<GatewayConfig> {
  /** Shows the present time and stands still, unless given. */
  readonly clock?: Clock;
}

/** An answer as it arrived. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The parsed body; empty when there is none. */
  readonly body: Json;
}

/** A running gateway with a client for it, in a directory of its own. */
export interface TestGateway {
  readonly gateway: Gateway;
  /** Address of the management API. */
  readonly endpoint: string;
  readonly projectId: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly account: CredentialAccount;
  readonly client: Client;
  readonly clock: TestClock;
  readonly dataDirectory: string;
  /** Lines that the runtime has logged. */
  readonly logLines: readonly string[];
  /** Sends a signed request to a path below the project's, such as `instances`, and returns the answer as it is. */
  call(method: string, path: string, body?: unknown): Promise<RawAnswer>;
  /** Stops the gateway and starts another one on the same directory; its addresses differ. */
  restart(): Promise<TestGateway>;
  /** Stops the gateway and removes its directory. */
  dispose(): Promise<void>;
}

/** The account that manages gateways under test. */
export const TEST_ACCOUNT: CredentialAccount = {
  domainId: 'd'.repeat(32),
  domainName: 'test_domain',
  projectId: '1'.repeat(32),
  userName: 'tester',
  accessKeys: [{ accessKey: 'TESTACCESSKEY', secretKey: 'test-secret-key' }],
  tokens: ['test-token'],
};

const CREDENTIALS: Credentials = { accounts: [TEST_ACCOUNT] };

/** Starts a gateway on free ports of 127.0.0.1. */
export async function openGateway(options: OpenGatewayOptions = {}): Promise<TestGateway> {
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'apig-test-')));
  const clock = options.clock === undefined ? createTestClock() : turnable(options.clock);
  const logLines: string[] = [];
  const log = createLog('debug', {
    write: (line) => {
      logLines.push(line);
    },
  });
  const config: GatewayConfig = {
    credentials: CREDENTIALS,
    management: { host: '127.0.0.1', port: 0 },
    domainSuffix: 'localhost',
    http: { host: '127.0.0.1', port: 0 },
    limits: {},
    drainTimeoutMs: 5000,
    log,
    ...options,
    dataDirectory,
    clock,
  };
  const gateway = await createGateway(config);
  const [account] = config.credentials.accounts;
  const [key] = account.accessKeys;
  const { accessKey = '', secretKey = '' } = key ?? {};
  const endpoint = `http://${gateway.management.host}:${gateway.management.port}`;
  const { projectId } = account;
  const client = createClient({
    endpoint,
    projectId,
    accessKey,
    secretKey,
    timing: { now: () => clock.now(), random: Math.random, wait },
  });

  async function close(): Promise<void> {
    client.close();
    await gateway.close();
  }

  return {
    gateway,
    endpoint,
    projectId,
    accessKey,
    secretKey,
    account,
    client,
    clock,
    dataDirectory,
    logLines,
    call: (method, path, body) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const target = `/v2/${projectId}/apigw/${path}`;
      const { host, port } = gateway.management;
      const headers = {
        host: `${host}:${port}`,
        ...(text !== undefined && { 'content-type': 'application/json' }),
      };
      const date = new Date(clock.now());
      const signature = sign({ method, target, headers, body: text, accessKey, secret: secretKey, date });
      return send(`${endpoint}${target}`, method, { ...headers, ...signature }, text);
    },
    restart: async () => {
      await close();
      return openGateway({ ...options, dataDirectory, clock });
    },
    dispose: async () => {
      await close();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

async function wait(ms: number): Promise<void> {
  await delay(ms);
}

/** Sends a request as it is given and reads the answer. */
export function send(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body?: string | Buffer,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = String(response.headers['content-type']).startsWith('application/json');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          body: isJson ? (JSON.parse(text) as Json) : {},
        });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
