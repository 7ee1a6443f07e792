import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Kind } from '@apig/sdk';
import { TYPE_NAMES } from '../../provider/src/type-names.ts';
import { openStack, type Preview, type Stack } from '../support/pulumi.ts';
import { FAULTS, KINDS } from './samples.ts';

/** The engine stops at the first resource that is wrong, so that each kind needs a preview of its own. */
const PREVIEWS_AT_ONCE = 2;

const program = (kind: Kind): Record<string, string> => ({
  'index.ts': `
    import { ${TYPE_NAMES[kind]} } from '@apig/provider';
    new ${TYPE_NAMES[kind]}('wrong', ${JSON.stringify(FAULTS[kind].args)});
  `,
});

/** Nothing listens there: a preview asks nobody. */
const CONFIG = {
  'apig:endpoint': 'http://127.0.0.1:9',
  'apig:projectId': 'project',
  'apig:accessKey': 'access-key',
};

let stacks: readonly Stack[];
const previews = new Map<Kind, Preview>();

beforeAll(async () => {
  const waiting = [...KINDS];
  const open = () =>
    openStack({ program: program('gateway'), config: CONFIG, secrets: { 'apig:secretKey': 'secret-key' } });
  stacks = await Promise.all(Array.from({ length: PREVIEWS_AT_ONCE }, open));
  await Promise.all(
    stacks.map(async (stack) => {
      for (let kind = waiting.pop(); kind !== undefined; kind = waiting.pop()) {
        stack.write(program(kind));
        previews.set(kind, await stack.preview());
      }
    }),
  );
}, 300_000);

afterAll(async () => {
  await Promise.all(stacks.map((stack) => stack.dispose()));
});

describe('a preview fails and names the property', () => {
  test.each(KINDS)('of a %s that is wrong', (kind) => {
    const preview = previews.get(kind);
    const { property } = FAULTS[kind];
    expect(preview?.code).not.toBe(0);
    expect(preview?.diagnostics.map(({ message }) => message).join('')).toContain(
      `${TYPE_NAMES[kind]} resource 'wrong' has a problem: ${property}: `,
    );
  });

  test('and never repeats what was found', () => {
    const text = [...previews.values()].map(({ stdout, stderr }) => stdout + stderr).join('');
    expect(text).not.toContain('not so secret');
    expect(text).not.toContain('short-but-secret');
  });
});
