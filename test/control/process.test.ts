import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createClient, type Client } from '@apig/sdk';
import { openSqlite } from '../../gateway-runtime/src/store/sqlite.ts';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  credentialsOf,
  startGatewayProcess,
  type GatewayProcess,
  type ReadyLine,
} from '../support/gateway-process.ts';
import { send } from '../support/gateway.ts';

let directory: string;
let data: string;
/** Everything that a test started. */
let started: GatewayProcess[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'apig-process-'));
  data = join(directory, 'data');
  started = [];
});

afterEach(async () => {
  for (const each of started) each.kill('SIGKILL');
  await Promise.all(started.map(({ exit }) => exit));
  await rm(directory, { recursive: true });
});

function start(flags: readonly string[] = [], env: Readonly<Record<string, string>> = {}): GatewayProcess {
  const gateway = startGatewayProcess(data, flags, env);
  // Tests of gateways that do not start look at the exit only.
  gateway.ready.catch(() => undefined);
  started.push(gateway);
  return gateway;
}

function clientOf(ready: ReadyLine): Client {
  return createClient({
    endpoint: ready.management,
    projectId: ready.projectId,
    ...credentialsOf(ready),
    retries: 0,
  });
}

const gatewayInput = (name: string) => ({
  name,
  edition: 'BASIC' as const,
  vpcId: 'vpc',
  subnetId: 'subnet',
  securityGroupId: 'group',
  availableZoneIds: ['az'],
});

describe('apig-gateway', () => {
  test('says in one line where it serves, and ends with 0 when it is told to', async () => {
    const gateway = start();

    const ready = await gateway.ready;
    gateway.kill('SIGTERM');
    const { code, stdout } = await gateway.exit;

    expect(ready).toEqual({
      ready: true,
      management: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      http: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      https: null,
      certificateFile: null,
      dataDirectory: data,
      credentialsFile: join(data, 'credentials.json'),
      projectId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(1);
  });

  test('makes credentials at its first start, for its owner only, keeps them and never shows them', async () => {
    const first = start(['--log-level', 'trace']);
    const ready = await first.ready;
    const { accessKey, secretKey } = credentialsOf(ready);
    await clientOf(ready).gateway.create(gatewayInput('first'));
    first.kill('SIGINT');
    const { stdout, stderr } = await first.exit;

    const again = start();

    expect(credentialsOf(await again.ready)).toMatchObject({ accessKey, secretKey });
    expect((await stat(join(data, 'credentials.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(data)).mode & 0o777).toBe(0o700);
    expect(stderr).toContain('management call');
    expect(stdout + stderr).not.toContain(secretKey);
    expect(stdout + stderr).not.toContain(accessKey);
  });

  test('takes its credentials from the environment, over which flags win', async () => {
    const projectId = 'e'.repeat(32);
    const credentials = { accessKey: 'ENVIRONMENTKEY', secretKey: 'environment-secret' };
    const env = {
      APIG_ACCESS_KEY: credentials.accessKey,
      APIG_SECRET_KEY: credentials.secretKey,
      APIG_PROJECT_ID: '0'.repeat(32),
    };

    const ready = await start(['--project-id', projectId], env).ready;

    expect(ready).toMatchObject({ credentialsFile: null, projectId });
    const client = createClient({ endpoint: ready.management, projectId, ...credentials, retries: 0 });
    expect(await client.gateway.list({})).toEqual([]);
  });

  test('takes its credentials from a file with further accounts', async () => {
    const file = join(directory, 'credentials.json');
    const account = {
      projectId: '1'.repeat(32),
      accessKey: 'FIRST',
      secretKey: 'first-secret',
      token: 'first-token',
    };
    const other = {
      projectId: '2'.repeat(32),
      accessKey: 'SECOND',
      secretKey: 'second-secret',
      token: 'second-token',
    };
    await writeFile(file, JSON.stringify({ ...account, accounts: [other] }));

    const { management } = await start(['--credentials-file', file]).ready;

    for (const { projectId, token } of [account, other]) {
      const answer = await send(`${management}/v2/${projectId}/apigw/instances`, 'GET', {
        'X-Auth-Token': token,
      });
      expect(answer.status).toBe(200);
    }
  });

  test('has everything that it acknowledged after it was killed, and nothing half', async () => {
    const first = start(['--limits', 'INSTANCE_NUM_LIMIT=100000']);
    const client = clientOf(await first.ready);
    const acknowledged: string[] = [];
    let isEnough = () => {};
    const enough = new Promise<void>((resolve) => {
      isEnough = resolve;
    });
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let count = 0; ; count += 1) {
        const gateway = await client.gateway.create(gatewayInput(`gw_${String(writer)}_${String(count)}`));
        acknowledged.push(gateway.id);
        if (acknowledged.length >= 40) isEnough();
      }
    });

    await enough;
    first.kill('SIGKILL');
    await Promise.allSettled(writers);
    await first.exit;
    client.close();
    const after = clientOf(await start().ready);

    const found = (await after.gateway.list({})).map(({ id }) => id);
    expect(found).toEqual(expect.arrayContaining(acknowledged));
    for (const gatewayId of found) {
      const [environments, groups] = [
        await after.environment.list({ gatewayId }),
        await after.apiGroup.list({ gatewayId }),
      ];
      expect([environments.length, groups.length]).toEqual([1, 1]);
    }
    after.close();
  });

  test.each<readonly [string, number, RegExp, () => Promise<GatewayProcess> | GatewayProcess]>([
    ['a setting that cannot be used', 2, /expected name=number/, () => start([], { APIG_LIMITS: 'x' })],
    [
      'a data directory that is a file',
      3,
      /cannot be/,
      async () => {
        await writeFile(data, '');
        return start();
      },
    ],
    [
      'a database of a newer version',
      4,
      /newer version/,
      async () => {
        await (await openSqlite(join(data, 'gateway.db'))).close();
        const database = new Database(join(data, 'gateway.db'));
        database.prepare('insert into kysely_migration values (?, ?)').run('9999-later', '2030-01-01');
        database.close();
        return start();
      },
    ],
    [
      'a management port in use',
      6,
      /management API cannot listen on 127\.0\.0\.1:\d+: the port is in use/,
      async () => start(['--management', `127.0.0.1:${String(await takenPort())}`]),
    ],
    [
      'a port for calls in use',
      6,
      /data plane cannot listen on 127\.0\.0\.1:\d+: the port is in use/,
      async () => start(['--http', `127.0.0.1:${String(await takenPort())}`]),
    ],
  ])('does not start with %s: exit code %i', async (_what, code, message, begin) => {
    const { code: actual, stdout, stderr } = await (await begin()).exit;

    expect({ code: actual, stdout }).toEqual({ code, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

/** A port that stays taken until the tests are done. */
async function takenPort(): Promise<number> {
  const server = createServer();
  server.unref();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
