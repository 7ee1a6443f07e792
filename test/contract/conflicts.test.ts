import { afterEach, describe, expect, test } from '@jest/globals';
import type { Json } from '@apig/sdk/contract';
import { answerFaults, operationOf } from '../support/document.ts';
import { FORBIDDEN, FULL, LIMITS } from './forbidden.ts';
import { openWorld, type RequestParts, type World } from './world.ts';

describe('a rule', () => {
  let world: World;
  afterEach(() => world.dispose());

  test('is kept in every case of the table', async () => {
    world = await openWorld();
    const broken: unknown[] = [];
    for (const [operation, what, code, request] of FORBIDDEN) {
      const sample = await world.sampleOf(operation);
      const parts = await request(world);
      const fault = await refusal(
        operation,
        { ...sample, ...parts, params: { ...sample.params, ...parts.params }, ...bodyOf(sample, parts) },
        code,
      );
      if (fault !== undefined) broken.push({ operation, what, ...fault });
    }
    expect(broken).toEqual([]);
  });

  test.each(LIMITS)('%s keeps to %s', async (operation, limit, room, code) => {
    world = await openWorld({ limits: { [limit]: room } });
    const sample = await world.sampleOf(operation);
    const request = { ...sample, ...bodyOf(sample, { body: FULL[operation] }) };
    expect(await refusal(operation, request, code)).toBeUndefined();
  });

  /** What is not right about the answer to a forbidden request; undefined when all is. */
  async function refusal(
    operation: string,
    request: RequestParts,
    code: string,
  ): Promise<object | undefined> {
    const before = await world.revision();
    const { status, headers, body, text } = await world.ask(operation, request);
    const faults = answerFaults(
      operationOf(operation),
      status,
      headers['content-type'] as string | undefined,
      body,
    );
    const isTraceless = (await world.revision()) === before;
    const isDocumented = operationOf(operation).errors.get(status)?.includes(code) === true;
    if (body['error_code'] === code && isDocumented && isTraceless && faults.length === 0) return undefined;
    return { code, answer: `${status} ${text.slice(0, 200)}`, isDocumented, isTraceless, faults };
  }
});

function bodyOf(sample: RequestParts, parts: RequestParts): RequestParts {
  return sample.body === undefined
    ? {}
    : { body: { ...(sample.body as Json), ...(parts.body as Json | undefined) } };
}
