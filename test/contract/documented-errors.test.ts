import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '@apig/sdk/contract';
import { operations, type DocumentedOperation } from '../support/document.ts';
import { STRANGER } from './accounts.ts';
import { FORBIDDEN, LIMITS } from './forbidden.ts';
import { UNKNOWN } from './samples.ts';
import { openWorld, type RequestParts, type World } from './world.ts';

/*
 * What is documented is true the other way round, too: each code of each operation has a request that is refused with it.
 * Those that rules lead to are in tables of their own; the others are found by spoiling the valid request step by step.
 */

/** Codes that no request of a test leads to, and why. */
const UNPROVOKED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '*': {
    'RUNTIME.0022': 'takes 10,000 staged objects; shown once, for changesets',
  },
  createPlugin: { 'APIG.3100': 'takes 500 plug-ins, a limit that no setting changes' },
  startImport: { 'APIG.3100': 'takes 32 tasks that are not done, and they are done at once' },
  startExport: { 'APIG.3100': 'takes 32 tasks that are not done, and they are done at once' },
};

/** Codes that a table of limits has for an operation. */
const limited = new Map(LIMITS.map(([operation, , , code]) => [`${operation} ${code}`, true]));
const forbidden = new Map(FORBIDDEN.map(([operation, , code]) => [`${operation} ${code}`, true]));

/** Codes of an operation that no table has. */
function untabled({ id, errors }: DocumentedOperation): readonly string[] {
  return [...errors.values()]
    .flat()
    .filter((code) => !limited.has(`${id} ${code}`) && !forbidden.has(`${id} ${code}`));
}

const excused = (id: string, code: string) =>
  UNPROVOKED['*']?.[code] !== undefined || UNPROVOKED[id]?.[code] !== undefined;

describe('every documented error', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.dispose());

  test.each(operations)('of $id is what some request is refused with', async (operation) => {
    const left = new Set(untabled(operation).filter((code) => !excused(operation.id, code)));
    const sample = left.size === 0 ? {} : await sampleOf(operation);
    for (const parts of spoilt(operation, sample)) {
      if (left.size === 0) break;
      const { body: _, ...rest } = sample;
      const { status, body } = await world.ask(operation, {
        ...('text' in parts ? rest : sample),
        ...parts,
        params: { ...sample.params, ...parts.params },
        headers: { ...sample.headers, ...parts.headers },
      });
      if (status >= 400) left.delete(String(body['error_code']));
    }
    expect([...left]).toEqual([]);
  });

  test('that no request leads to is documented', () => {
    const known = new Set(operations.flatMap((each) => untabled(each).map((code) => `${each.id} ${code}`)));
    const stale = Object.entries(UNPROVOKED)
      .flatMap(([id, codes]) => Object.keys(codes).map((code) => ({ id, code })))
      .filter(({ id, code }) =>
        id === '*' ? ![...known].some((each) => each.endsWith(` ${code}`)) : !known.has(`${id} ${code}`),
      );
    expect(stale).toEqual([]);
  });

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

/** The ways to spoil a request, the likely ones first. */
function* spoilt(operation: DocumentedOperation, sample: RequestParts): Generator<RequestParts> {
  yield { token: undefined };
  yield { token: STRANGER.tokens[0] };
  yield { token: STRANGER.tokens[0], params: { project_id: STRANGER.projectId } };
  yield { headers: { 'x-apig-changeset': UNKNOWN } };
  yield { headers: { 'x-apig-provenance-commit': 'x'.repeat(300) } };
  for (const [, name = ''] of operation.path.matchAll(/\{(\w+)\}/g)) {
    yield { params: { [name]: UNKNOWN } };
    yield { params: { [name]: '999999' } };
  }
  for (const { name } of operation.parameters.filter((each) => each.in === 'query')) {
    const { [name]: _, ...rest } = sample.query ?? {};
    yield { query: rest };
    for (const value of [UNKNOWN, 'other']) yield { query: { ...sample.query, [name]: value } };
  }
  if (operation.request !== undefined) yield { text: '{' };
  if (sample.body === undefined) return;
  const body = sample.body as Json;
  for (const [name, value] of Object.entries(body)) {
    for (const other of othersOf(value)) yield { body: { ...body, [name]: other } };
  }
}

/** Values in the place of another one, or of a part of it. */
function* othersOf(value: unknown): Generator {
  yield* [undefined, { an: 'object' }, UNKNOWN];
  if (typeof value === 'string') yield* ['!', '', 'x'.repeat(3000)];
  if (typeof value === 'number') yield* [-1, 0, 1_000_000, 2 ** 31];
  if (Array.isArray(value)) {
    const items = value as readonly unknown[];
    yield* [[], [UNKNOWN], [...items, ...items], Array.from({ length: 60 }, () => items[0])];
    for (const [index, item] of items.entries()) {
      for (const other of othersOf(item)) yield items.with(index, other);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, field] of Object.entries(value)) {
      for (const other of othersOf(field)) yield { ...value, [name]: other };
    }
  }
}
