import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '@apig/sdk/contract';
import {
  answerFaults,
  operations,
  resolved,
  type DocumentedOperation,
  type Schema,
} from '../support/document.ts';
import { STRANGER } from './accounts.ts';
import { UNKNOWN } from './samples.ts';
import { openWorld, type RequestParts, type World } from './world.ts';

/** What a refusal must have. */
interface Expected {
  readonly status?: number;
  readonly code?: string;
  /** Part of the message: a field, or an ID. */
  readonly about?: string;
}

/** Stands for the ID of the gateway that is asked about. */
const GATEWAY = '{instance_id}';

/** Clients of the identity service read no names of fields. */
const fieldIn = ({ path }: DocumentedOperation, name: string) =>
  path.startsWith('/v3/') ? {} : { about: name };

const ofProject = operations.filter(({ path }) => path.startsWith('/v2/'));
const closed = operations.filter(({ isOpen }) => !isOpen);
const inGateways = ofProject.filter(({ path }) => path.includes('{instance_id}'));
const withBody = operations.filter(({ requestType }) => requestType === 'application/json');
const withRequiredQuery = operations.filter(({ parameters }) =>
  parameters.some((each) => each.in === 'query' && each.required === true),
);
const withIds = operations.filter(({ path }) => /\{(?!project_id)\w+\}/.test(path));
const writes = ofProject.filter(({ method }) => method !== 'GET');

describe('a request that is refused', () => {
  let world: World;
  const samples = new Map<string, Promise<RequestParts>>();
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.dispose());

  test.each(closed)('$id without a token', async (operation) => {
    await refused(operation, { token: undefined }, { status: 401 });
  });

  test.each(closed)('$id with a wrong token', async (operation) => {
    await refused(operation, { token: 'guessed' }, { status: 401 });
  });

  test.each(ofProject)('$id in the project of another account', async (operation) => {
    await refused(operation, { token: STRANGER.tokens[0] }, { status: 403 });
  });

  test.each(inGateways)('$id on the gateway of another account', async (operation) => {
    const params = { project_id: STRANGER.projectId };
    await refused(operation, { token: STRANGER.tokens[0], params }, { status: 403, about: GATEWAY });
  });

  test.each(withIds)('$id for what is not there', async (operation) => {
    for (const name of namesIn(operation.path)) {
      const id = /revision|from|to/.test(name) ? '999999' : UNKNOWN;
      await refused(operation, { params: { [name]: id } }, { status: 404, about: id });
    }
  });

  test.each(withBody)('$id with a body that is no JSON object', async (operation) => {
    const expected = { status: 400, code: 'APIG.2000' };
    for (const text of ['{', '[]', '"text"', 'null', '1', `{"a":${'['.repeat(70)}${']'.repeat(70)}}`]) {
      await refused(operation, { text }, expected);
    }
  });

  test.each(withBody)('$id without a field that is needed', async (operation) => {
    const { body } = await sampleOf(operation);
    for (const name of requiredOf(operation)) {
      const { [name]: _, ...rest } = { ...(body as Json) };
      await refused(operation, { body: rest }, fieldIn(operation, name));
      await refused(operation, { body: { ...rest, [name]: null } }, fieldIn(operation, name));
    }
  });

  test.each(withBody)('$id with a field of another type', async (operation) => {
    const { body } = await sampleOf(operation);
    for (const [name, schema] of propertiesOf(operation)) {
      const wrong = otherType(schema);
      if (wrong === undefined) continue;
      await refused(operation, { body: { ...(body as Json), [name]: wrong } }, fieldIn(operation, name));
    }
  });

  test.each(withRequiredQuery)('$id without a parameter that is needed', async (operation) => {
    const { query = {} } = await sampleOf(operation);
    const needed = operation.parameters.filter((each) => each.in === 'query' && each.required === true);
    for (const { name, schema } of needed) {
      const { [name]: _, ...rest } = query;
      await refused(operation, { query: rest }, { status: 400, about: name });
      if (schema['enum'] !== undefined) {
        await refused(operation, { query: { ...query, [name]: 'other' } }, { status: 400, about: name });
      } else if (schema['type'] === 'string') {
        await refused(operation, { query: { ...query, [name]: UNKNOWN } }, { status: 404, about: UNKNOWN });
      }
    }
  });

  test.each(ofProject)('$id in a changeset that is not open', async (operation) => {
    const headers = { 'x-apig-changeset': UNKNOWN };
    await refused(operation, { headers }, { status: 404, code: 'RUNTIME.0020' });
  });

  test.each(writes)('$id with a provenance that is too long', async (operation) => {
    if (isCheck(operation)) return;
    const headers = { 'x-apig-provenance-commit': 'x'.repeat(300) };
    await refused(operation, { headers }, { status: 400, code: 'RUNTIME.0001' });
  });

  function sampleOf(operation: DocumentedOperation): Promise<RequestParts> {
    const found = samples.get(operation.id) ?? world.sampleOf(operation);
    samples.set(operation.id, found);
    return found;
  }

  /** Sends the valid request of an operation with some parts changed, and judges what comes back. */
  async function refused(
    operation: DocumentedOperation,
    parts: RequestParts,
    expected: Expected,
  ): Promise<void> {
    const sample = await sampleOf(operation);
    const params = { ...sample.params, ...parts.params };
    const headers = { ...sample.headers, ...parts.headers };
    const { body: _, ...rest } = sample;
    const before = await world.revision();
    const {
      status,
      headers: answered,
      text,
      body,
    } = await world.ask(operation, {
      ...('text' in parts ? rest : sample),
      ...parts,
      params,
      headers,
    });
    const about = expected.about === GATEWAY ? { ...world.ids, ...params }['instance_id'] : expected.about;
    const said = { about, parts, answer: `${status} ${text.slice(0, 300)}` };
    expect({ ...said, isRefused: status >= 400 && status < 500 }).toEqual({ ...said, isRefused: true });
    expect({ ...said, status, code: body['error_code'] }).toEqual({
      ...said,
      status: expected.status ?? status,
      code: expected.code ?? body['error_code'],
    });
    if (about !== undefined) expect(String(body['error_msg'])).toContain(about);
    expect({ ...said, documented: operation.errors.has(status) }).toEqual({ ...said, documented: true });
    const faults = answerFaults(operation, status, answered['content-type'] as string | undefined, body);
    expect({ ...said, faults }).toEqual({ ...said, faults: [] });
    expect(await world.revision()).toBe(before);
  }
});

/** Operations that take a body and change nothing. */
const CHECKS = [
  ...['checkApi', 'checkApiGroup', 'debugApi', 'exportApis', 'startImport', 'startExport'],
  ...['findGatewaysByTag', 'countGatewaysByTag'],
];

function isCheck({ id }: DocumentedOperation): boolean {
  return CHECKS.includes(id);
}

function namesIn(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)]
    .map(([, name]) => name ?? '')
    .filter((name) => name !== 'project_id');
}

function requiredOf({ request = {} }: DocumentedOperation): readonly string[] {
  return (resolved(request)['required'] ?? []) as readonly string[];
}

function propertiesOf({ request = {} }: DocumentedOperation): readonly (readonly [string, Schema])[] {
  return Object.entries((resolved(request)['properties'] ?? {}) as Readonly<Record<string, Schema>>);
}

/** A value of a type that a schema does not allow; undefined when it allows any. */
function otherType({ type, enum: words }: Schema): unknown {
  if (type === 'string') return words === undefined ? { an: 'object' } : 'no_such_word';
  if (type === 'integer' || type === 'number') return { an: 'object' };
  if (type === 'boolean') return 'perhaps';
  if (type === 'array') return 'text';
  if (type === 'object') return 'text';
  return undefined;
}
