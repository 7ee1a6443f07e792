import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { answerFaults, operations, requestFaults } from '../support/document.ts';
import { samples } from './samples.ts';
import { openWorld, type World } from './world.ts';

/** What no request can have: nobody asks for connections here, so that there is none to decide on. */
const IMPOSSIBLE: readonly string[] = ['decideOnEndpointConnections'];

const possible = operations.filter(({ id }) => !IMPOSSIBLE.includes(id));

describe('every operation of the management API', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.dispose());

  test('has a sample', () => {
    expect(operations.map(({ id }) => id).filter((id) => !Object.hasOwn(samples, id))).toEqual([]);
  });

  test.each(possible)('$id answers $status in the documented form', async (operation) => {
    const sample = await world.sampleOf(operation);
    const { status, headers, text, body } = await world.ask(operation, sample);
    expect({ status, text: status < 300 ? '' : text }).toEqual({ status: operation.status, text: '' });
    const answer = text === '' ? undefined : body;
    expect(answerFaults(operation, status, headers['content-type'] as string | undefined, answer)).toEqual(
      [],
    );
    if (sample.body !== undefined) expect(requestFaults(operation, sample.body)).toEqual([]);
    expect(headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
  });
});
