import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { answerFaults, operations, type DocumentedOperation } from '../support/document.ts';
import type { RawAnswer } from '../support/gateway.ts';
import { requestsOf } from './arbitrary.ts';
import { openWorld, type RequestParts, type World } from './world.ts';

/** Requests of each operation; `CONTRACT_RUNS` asks for more, and `CONTRACT_SEED` for others. */
const RUNS = Number(process.env['CONTRACT_RUNS'] ?? 8);
const SEED = Number(process.env['CONTRACT_SEED'] ?? 1);

/** Codes whose message ends with the field that is wrong. */
const ABOUT_A_FIELD = new Set([
  'APIG.2001',
  'APIG.2002',
  'APIG.2003',
  'APIG.2004',
  'APIG.2011',
  'APIG.2012',
  'APIC.7211',
]);
const FIELD = /,parameterName:.+$|, parameter name\[.+\]$/s;

const OTHER_METHODS = ['PATCH', 'OPTIONS', 'PUT', 'DELETE', 'POST'];

describe('any request, made from the document or spoilt,', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.dispose());

  test.each(operations)(
    'is answered by $id as the document says, and leaves nothing when it is refused',
    async (operation) => {
      const first = await sampleOf(operation);
      await fc.assert(
        fc.asyncProperty(requestsOf(operation, first), async (parts) => {
          const sample = await sampleOf(operation);
          const request = combined(operation, sample, parts);
          const before = await world.revision();
          const answer = await world.ask(operation, request);
          expect(faultsOf(operation, answer)).toEqual([]);
          if (answer.status >= 400) expect(await world.revision()).toBe(before);
        }),
        { seed: SEED, numRuns: RUNS, endOnFailure: true },
      );
    },
  );

  test.each([...new Set(operations.map(({ path }) => path))])(
    'with another method for %s is told which there are',
    async (path) => {
      const known = operations.filter((operation) => operation.path === path);
      const [operation] = known;
      if (operation === undefined) return;
      const before = await world.revision();
      for (const method of OTHER_METHODS.filter((each) => known.every((one) => one.method !== each))) {
        const { status, headers, body } = await world.ask(operation, { method });
        expect({ method, status, code: body['error_code'] }).toEqual({
          method,
          status: 405,
          code: 'APIG.0101',
        });
        expect(String(headers['allow']).split(', ').toSorted()).toEqual(
          known.map((one) => one.method).toSorted(),
        );
      }
      expect(await world.revision()).toBe(before);
    },
  );

  /** The valid request. Where earlier ones have changed what it needs, another world has it. */
  async function sampleOf(operation: DocumentedOperation): Promise<RequestParts> {
    try {
      return await world.sampleOf(operation);
    } catch {
      await world.dispose();
      world = await openWorld();
      return world.sampleOf(operation);
    }
  }
});

function combined({ id }: DocumentedOperation, sample: RequestParts, parts: RequestParts): RequestParts {
  const { body: _, ...rest } = sample;
  const params = { ...sample.params, ...parts.params };
  const headers = { ...sample.headers, ...parts.headers };
  const query = { ...(parts.query ?? sample.query) };
  // A document that was spoilt is not to replace the world.
  if (id === 'loadSnapshot') delete query['replace'];
  return { ...('text' in parts ? rest : sample), ...parts, params, headers, query };
}

function faultsOf(
  operation: DocumentedOperation,
  { status, headers, text, body }: RawAnswer,
): readonly string[] {
  if (status >= 500) return [`${status} ${text}`];
  const answer = text === '' ? undefined : body;
  const faults = answerFaults(operation, status, headers['content-type'] as string | undefined, answer);
  if (status < 400) return faults;
  const { error_code: code, error_msg: message } = body;
  const isNamed = !ABOUT_A_FIELD.has(String(code)) || FIELD.test(String(message));
  return [...faults.map((fault) => `${fault} ${text}`), ...(isNamed ? [] : [`names no field: ${text}`])];
}
