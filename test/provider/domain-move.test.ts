import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../gateway-runtime/src/clock.ts';
import { projectEnvironment } from '../../tools/setup/environment.js';
import { openGateway, send, type TestGateway } from '../support/gateway.ts';
import { openStack, type Outcome, type Preview, type Stack } from '../support/pulumi.ts';

/* The program of the guide: its domain moves while somebody calls it all the time. */

const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'provider/src/main.ts');
const GUIDE = readFileSync(join(ROOT, 'provider/guides/moving-a-domain.md'), 'utf8');
const [, PROGRAM = ''] = /```ts\n([\s\S]*?)```/.exec(GUIDE) ?? [];

/** What callers were told while something else went on, each answer once. */
type Answers = readonly string[];

let runtime: TestGateway;
let stack: Stack;
let planned: Preview;
let together: Answers;
let oneByOne: Answers;
let moved: Outcome;
let left: Preview;

beforeAll(async () => {
  runtime = await openGateway({ clock: systemClock });
  const { client, endpoint, projectId, accessKey, secretKey } = runtime;
  const network = { vpcId: 'v', subnetId: 's', securityGroupId: 'g', availableZoneIds: ['z'] };
  const gateway = await client.gateway.create({ name: 'shop', edition: 'BASIC', ...network });
  stack = await openStack({
    program: { 'index.ts': PROGRAM },
    config: { gatewayId: gateway.id },
    env: {
      APIG_ENDPOINT: endpoint,
      APIG_PROJECT_ID: projectId,
      APIG_ACCESS_KEY: accessKey,
      APIG_SECRET_KEY: secretKey,
    },
  });
  const up = await stack.up();
  if (up.code !== 0) throw new Error(up.stdout + up.stderr);

  await stack.setConfig('live', 'green');
  planned = await stack.preview();
  together = await answersDuring(apigUp);
  await stack.setConfig('live', 'blue');
  oneByOne = await answersDuring(async () => {
    moved = await stack.up();
  });
  left = await stack.preview();
}, 900_000);

afterAll(async () => {
  await stack.dispose();
  await runtime.dispose();
});

describe('a domain that moves to another group', () => {
  test('is replaced, the old binding first', () => {
    expect(planned.changes.map(({ op }) => op)).toEqual(['replace']);
    const done = moved.changes.map(({ op }) => op).filter((op) => /replace/.test(op));
    expect(done.indexOf('delete-replaced')).toBeLessThan(done.indexOf('create-replacement'));
  });

  test('is never without a group when the update comes in force as one', () => {
    expect(together).toEqual(['200 "blue"', '200 "green"']);
  });

  test('is without a group for a moment when operations come in force one by one', () => {
    expect([oneByOne.at(0), oneByOne.at(-1)]).toEqual(['200 "green"', '200 "blue"']);
    expect(oneByOne.slice(1, -1).filter((answer) => answer !== '404')).toEqual([]);
  });

  test('leaves nothing to do', () => {
    expect([left.code, left.changes]).toEqual([0, []]);
  });
});

async function answersDuring(task: () => Promise<void>): Promise<Answers> {
  const { port = 0 } = runtime.gateway.http ?? {};
  const answers = new Set<string>();
  const ask = async () => {
    const url = `http://127.0.0.1:${port}/orders`;
    const { status, text } = await send(url, 'GET', { host: 'shop.example.com' });
    answers.add(status === 200 ? `200 ${text}` : String(status));
  };
  const calls: Promise<void>[] = [];
  // Two hundred calls a second, so that callers do not take the engine's time.
  const caller = setInterval(() => calls.push(ask()), 5);
  await task().finally(() => {
    clearInterval(caller);
  });
  await Promise.all(calls);
  await ask();
  return [...answers];
}

/** Brings the program about, in force as one. */
async function apigUp(): Promise<void> {
  const child = spawn(
    process.execPath,
    [
      '--conditions=@apig/source',
      MAIN,
      'up',
      '--non-interactive',
      '--color',
      'never',
      '--yes',
      '--skip-preview',
    ],
    {
      cwd: stack.directory,
      env: projectEnvironment(stack.env, ROOT),
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`apig up ended with ${String(code)}`);
}
