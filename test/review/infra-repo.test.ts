import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Review } from '../../provider/src/review/model.ts';
import { readReview } from '../../provider/src/review/read-review.ts';
import { openRuntimeProcess, type RuntimeProcess } from '../provider/runtime-process.ts';
import { openStack, type Stack } from '../support/pulumi.ts';
import { CHANGES } from './infra-repo-changes.ts';
import { runCommand } from './run-command.ts';

const REPOSITORY = join(import.meta.dirname, '../../examples/infra-repo');

let runtime: RuntimeProcess;
let platform: Stack;
let orders: Stack;
const originals = new Map<string, string>();

beforeAll(async () => {
  runtime = await openRuntimeProcess();
  const env = {
    APIG_ENDPOINT: runtime.endpoint,
    APIG_PROJECT_ID: runtime.projectId,
    APIG_ACCESS_KEY: runtime.accessKey,
    APIG_SECRET_KEY: runtime.secretKey,
  };
  platform = await openStack({ program: join(REPOSITORY, 'platform'), name: 'dev', env });
  // The team's project finds the platform's stack in the same backend.
  orders = await openStack({ program: join(REPOSITORY, 'orders'), name: 'dev', env: present(platform.env) });
  for (const stack of [platform, orders]) {
    const { code, stderr, stdout } = await stack.up();
    if (code !== 0) throw new Error(stderr + stdout);
  }
  for (const file of ['Pulumi.dev.yaml', 'index.ts', 'routes.ts'])
    originals.set(file, readFileSync(join(orders.directory, file), 'utf8'));
}, 300_000);

afterEach(() => {
  orders.write(Object.fromEntries(originals));
});

afterAll(async () => {
  await orders.dispose();
  await platform.dispose();
  await runtime.dispose();
});

/** The variables that have a value. */
function present(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** Puts a change into the work tree of the team, and reviews it. */
async function reviewOf(files: (typeof CHANGES)[number]['files']): Promise<Review> {
  for (const [file, replacements] of Object.entries(files)) {
    let text = originals.get(file) ?? '';
    for (const [from, to] of replacements) {
      if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
      text = text.replace(from, () => to);
    }
    orders.write({ [file]: text });
  }
  const preview = await orders.preview('--show-sames');
  if (preview.code !== 0) throw new Error(preview.stdout + preview.stderr);
  const file = join(orders.directory, 'preview.json');
  writeFileSync(file, preview.stdout);
  const { code, said, text } = await runCommand([file, '--behaviour', '--format', 'json']);
  expect({ code, said }).toEqual({ code: 0, said: [] });
  return readReview(text, 'review.json');
}

describe('a change to the infra repo', () => {
  test.each(CHANGES.map((change) => [change.name, change] as const))(
    '%s',
    async (_, { files, verdict, outcomes }) => {
      const review = await reviewOf(files);
      const found = (review.outcomes ?? []).map(
        (group) => `${group.verdict}: ${group.api}: ${group.summary}`,
      );
      expect({ verdict: review.verdict, outcomes: [...new Set(found)].sort() }).toEqual({
        verdict,
        outcomes: [...outcomes].sort(),
      });
    },
    120_000,
  );
});
