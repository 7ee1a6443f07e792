import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { gatewayBody, openDocumented, type DocumentedRuntime } from '../support/documented.ts';
import { startGatewayProcess, type GatewayProcess } from '../support/gateway-process.ts';
import { send } from '../support/gateway.ts';

/** Each round starts a process, which is what takes the time: `APIG_KILL_ROUNDS=50` for more of them. */
const ROUNDS = Number(process.env['APIG_KILL_ROUNDS'] ?? 6);
const WRITERS = 4;
const WRITES_OF_EACH = 12;
const PROJECT_ID = '1'.repeat(32);
const TOKEN = { 'X-Auth-Token': 'test-token' };

describe('a gateway that is killed amid parallel writes', () => {
  let directory: string;
  let running: GatewayProcess | undefined;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'apig-kill-'));
    const credentials = {
      projectId: PROJECT_ID,
      accessKey: 'TESTACCESSKEY',
      secretKey: 'test-secret-key',
      token: 'test-token',
    };
    await writeFile(join(directory, 'credentials.json'), JSON.stringify(credentials), { mode: 0o600 });
  });
  afterEach(async () => {
    running?.kill('SIGKILL');
    await running?.exit;
    await rm(directory, { recursive: true });
  });

  test(
    `has every acknowledged write, and none by half, after each of ${ROUNDS} rounds`,
    async () => {
      const acknowledged = new Set<string>();
      for (let round = 0; round < ROUNDS; round += 1) {
        const process = startGatewayProcess(directory, ['--limits', 'INSTANCE_NUM_LIMIT=100000']);
        running = process;
        const { management } = await process.ready;
        const killAt = acknowledged.size + 1 + ((round * 7) % (WRITERS * WRITES_OF_EACH - WRITERS));
        const write = async (): Promise<boolean> => {
          const url = `${management}/v2/${PROJECT_ID}/apigw/instances`;
          const answer = await send(url, 'POST', TOKEN, JSON.stringify(gatewayBody())).catch(() => undefined);
          if (answer === undefined) return false;
          expect(answer.status).toBe(202);
          acknowledged.add(String(answer.body['instance_id']));
          if (acknowledged.size === killAt) process.kill('SIGKILL');
          return true;
        };
        await Promise.all(
          Array.from({ length: WRITERS }, async () => {
            for (let count = 0; count < WRITES_OF_EACH; count += 1) if (!(await write())) return;
          }),
        );
        process.kill('SIGKILL');
        await process.exit;
      }

      const last = startGatewayProcess(directory);
      running = last;
      const { management } = await last.ready;
      const { body } = await send(`${management}/runtime/v1/snapshot?secrets=omit`, 'GET', TOKEN);
      const objects = body['objects'] as { kind: string; id: string; body: Record<string, unknown> }[];
      const gateways = objects.filter(({ kind }) => kind === 'gateway').map(({ id }) => id);
      const parts = (kind: string) =>
        objects.filter((object) => object.kind === kind).map((object) => object.body['gatewayId']);

      expect(acknowledged.size).toBeGreaterThanOrEqual(ROUNDS);
      expect([...acknowledged].filter((id) => !gateways.includes(id))).toEqual([]);
      // A gateway is written with its first environment and its first group, as one revision.
      expect(parts('environment').toSorted()).toEqual(gateways.toSorted());
      expect(parts('apiGroup').toSorted()).toEqual(gateways.toSorted());
      expect(body['revision']).toBe(gateways.length);
    },
    30_000 + ROUNDS * 10_000,
  );
});

describe('two clients that write the same object', () => {
  let runtime: DocumentedRuntime;
  beforeAll(async () => {
    runtime = await openDocumented();
  });
  afterAll(() => runtime.dispose());

  test('end with what one of them wrote, whole, and both are answered what they wrote', async () => {
    const gateway = await runtime.create();
    const id = await gateway.add('apps', { name: 'start' });

    for (let round = 0; round < 20; round += 1) {
      const bodies = ['a', 'b'].map((who) => ({ name: `${who}_${round}`, remark: `of ${who}` }));
      const answers = await Promise.all(bodies.map((body) => gateway.call('PUT', `apps/${id}`, body)));
      const { body: now } = await gateway.call('GET', `apps/${id}`);

      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(answers.map(({ body }) => body['name'])).toEqual(bodies.map(({ name }) => name));
      const winner = bodies.find(({ name }) => name === now['name']);
      expect(now['remark']).toBe(winner?.remark);
    }
  });

  test('of the same name get one object and one refusal', async () => {
    const gateway = await runtime.create();

    const answers = await Promise.all(
      Array.from({ length: 5 }, () => gateway.call('POST', 'apps', { name: 'same' })),
    );

    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 400, 400, 400, 400]);
    expect((await gateway.call('GET', 'apps')).body['total']).toBe(1);
  });

  test('on changesets get one commit and one conflict that names the object', async () => {
    const gateway = await runtime.create();
    const id = await gateway.add('apps', { name: 'start' });
    const own = (path: string, body?: unknown) =>
      send(`${runtime.endpoint}/runtime/v1/${path}`, 'POST', TOKEN, JSON.stringify(body ?? {}));
    const url = `${runtime.endpoint}/v2/${runtime.projectId}/apigw/instances/${gateway.id}/apps/${id}`;
    const ids = await Promise.all(
      ['a', 'b'].map(async (who) => {
        const changeset = String((await own('changesets')).body['id']);
        const headers = { ...TOKEN, 'X-Apig-Changeset': changeset };
        await send(url, 'PUT', headers, JSON.stringify({ name: `by_${who}` }));
        return changeset;
      }),
    );

    const answers = await Promise.all(ids.map((each) => own(`changesets/${each}/commit`)));

    const winner = answers.findIndex(({ status }) => status === 200);
    const loser = answers.find(({ status }) => status !== 200);
    expect([winner === -1, loser?.status]).toEqual([false, 409]);
    expect(loser?.body['error_msg']).toContain(`app ${id}`);
    expect((await gateway.call('GET', `apps/${id}`)).body['name']).toBe(['by_a', 'by_b'][winner]);
  });
});
