import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  descriptionOf,
  FEATURES,
  fieldsOf,
  formOfDomain,
  isFeature,
  type FeatureName,
  type Json,
  type Kind,
} from '@apig/sdk/contract';
import { provider, type Provider } from '../../provider/src/lifecycle.ts';
import { pairsOf } from './inputs.ts';
import { respell, type Draw } from './respell.ts';
import { KINDS } from './samples.ts';
import { openSurroundings, type Surroundings } from './surroundings.ts';

/*
 * The proof of the diff: whatever valid input an object is made of, it is then just that, and becomes another valid one.
 *
 * APIG_PROPERTY_RUNS and APIG_PROPERTY_SEED look for more than a run of all tests does.
 */

const RUNS = Number(process.env['APIG_PROPERTY_RUNS'] ?? 10);
const SEED = Number(process.env['APIG_PROPERTY_SEED'] ?? 1);

/** A resource as the engine has it in its state. */
interface Resource {
  readonly id: string;
  readonly inputs: Json;
  readonly outputs: Json;
}

const STUB = { __provider: 'text' };

let around: Surroundings;

beforeAll(async () => {
  around = await openSurroundings();
}, 60_000);

afterAll(() => around.runtime.dispose());

describe.each(KINDS)('a %s of any valid input', (kind) => {
  test(
    'is just that, becomes another one in place or anew, and leaves nothing',
    async () => {
      const before = await everything(kind);
      await fc.assert(
        fc.asyncProperty(pairsOf(kind, around), fc.infiniteStream(fc.nat()), async (pair, numbers) => {
          await liveThrough(kind, ...pair, (bound) => Number(numbers.next().value) % bound);
        }),
        { seed: SEED, numRuns: RUNS, interruptAfterTimeLimit: 40_000 + RUNS * 4_000 },
      );
      expect(await everything(kind)).toEqual(before);
    },
    60_000 + RUNS * 5_000,
  );
});

async function liveThrough(kind: Kind, one: Json, other: Json, draw: Draw): Promise<void> {
  const current = (asked: Json) => (kind === 'deployment' ? withChangedApi(asked, draw) : asked);
  const first = await current(one);
  let resource = await create(await newRun(kind), first);
  try {
    await expectAtRest(kind, resource, first, draw);
    const second = await current(other);
    resource = await change(kind, resource, second);
    await expectAtRest(kind, resource, second, draw);
  } finally {
    await (await newRun(kind)).delete(resource.id, resource.outputs);
  }
  expect(await isThere(kind, resource)).toBe(false);
}

/** Previews and a refresh find nothing to do, however the program spells what it asks for. */
async function expectAtRest(kind: Kind, resource: Resource, asked: Json, draw: Draw): Promise<void> {
  const { input, computed = {} } = descriptionOf(kind);
  const written = Object.entries(resource.inputs).filter(([name]) => !Object.hasOwn(computed, name));
  const spellings = [
    asked,
    respell(input, asked, draw) as Json,
    respell(input, Object.fromEntries(written), draw) as Json,
  ];
  const run = await newRun(kind);
  for (const each of spellings) await expectNothingToDo(run, resource, each);
  const refreshed = await refresh(await newRun(kind), resource);
  for (const each of spellings) await expectNothingToDo(run, refreshed, each);
}

/** A new run of the engine: nothing is remembered of earlier ones. */
async function newRun(kind: Kind): Promise<Provider> {
  const { endpoint, projectId, accessKey, secretKey } = around.runtime;
  const values: Record<string, string> = {
    'apig:endpoint': endpoint,
    'apig:projectId': projectId,
    'apig:accessKey': accessKey,
    'apig:secretKey': secretKey,
  };
  const run = provider(kind);
  await run.configure({ config: { get: (key) => values[key] } });
  return run;
}

async function checked(run: Provider, olds: Json, asked: Json): Promise<Json> {
  const { inputs, failures } = await run.check(olds, asked);
  expect(failures).toEqual([]);
  return inputs;
}

async function create(run: Provider, asked: Json): Promise<Resource> {
  const inputs = await checked(run, {}, asked);
  const { id, outs } = await run.create({ ...inputs, ...STUB });
  return { id, inputs, outputs: outs };
}

async function expectNothingToDo(
  run: Provider,
  { id, inputs, outputs }: Resource,
  asked: Json,
): Promise<void> {
  const { changed, changes } = await run.diff(id, outputs, {
    ...(await checked(run, inputs, asked)),
    ...STUB,
  });
  expect({ changed, changes }).toEqual({ changed: [], changes: false });
}

/** What a refresh makes of a resource to which nothing has happened: the same. */
async function refresh(run: Provider, { id, inputs, outputs }: Resource): Promise<Resource> {
  const read = await run.read(id, outputs);
  const { __provider, ...plain } = outputs;
  expect(read).toEqual({ id, props: plain, inputs });
  return { id, inputs: read.inputs ?? {}, outputs: { ...read.props, ...STUB } };
}

/** Makes a resource another one, as the engine does: in place, or anew in the order that the provider asks for. */
async function change(kind: Kind, before: Resource, asked: Json): Promise<Resource> {
  const run = await newRun(kind);
  const { id, inputs, outputs } = before;
  const next = { ...(await checked(run, inputs, asked)), ...STUB };
  const { changes, replaces, deleteBeforeReplace } = await run.diff(id, outputs, next);
  expect(replaces.length > 0).toBe(differsInFixed(kind, inputs, next));
  if (!changes) return before;
  if (replaces.length === 0) {
    const { outs } = await run.update(id, outputs, next);
    return { id, inputs: plainOf(next), outputs: outs };
  }
  if (deleteBeforeReplace) await run.delete(id, outputs);
  const made = await run.create(next);
  if (!deleteBeforeReplace) await run.delete(id, outputs);
  return { id: made.id, inputs: plainOf(next), outputs: made.outs };
}

/** Whether there is an object, other than what a gateway has of itself. */
async function isThere(kind: Kind, { id, outputs }: Resource): Promise<boolean> {
  const { id: found, props = {} } = await (await newRun(kind)).read(id, outputs);
  const initial =
    kind === 'gatewayFeature' && isFeature(String(props['name']))
      ? FEATURES[String(props['name']) as FeatureName]
      : undefined;
  return found !== undefined && (initial === undefined || props['config'] !== initial.config);
}

function plainOf({ __provider, ...inputs }: Json): Json {
  return inputs;
}

/** A deployment of an API that has become another one, or not. */
async function withChangedApi(asked: Json, draw: Draw): Promise<Json> {
  const { api } = around.runtime.client;
  const address = { gatewayId: String(asked['gatewayId']), id: String(asked['apiId']) };
  const now = await api.get(address);
  if (now === undefined) throw new Error('the API is gone');
  const { digest } = await api.update(address, { ...now, remark: `version ${draw(2)}` });
  return { ...asked, apiDigest: digest };
}

/** Whether two inputs that passed the check differ in something that only another object can have otherwise. */
function differsInFixed(kind: Kind, before: Json, after: Json): boolean {
  return fieldsOf(descriptionOf(kind).input).some(({ name, marks: { immutable, set, generated } }) => {
    const [old, asked] = [before[name], after[name]].map((value) => {
      if (set && Array.isArray(value)) return value.map(String).toSorted();
      return kind === 'domain' && name === 'name' ? formOfDomain(String(value)) : value;
    });
    if (immutable === undefined || JSON.stringify(old) === JSON.stringify(asked)) return false;
    if (generated && asked === undefined) return false;
    return immutable === true || immutable(old, asked);
  });
}

/** Everything of a kind below the surroundings. */
async function everything(kind: Kind): Promise<readonly unknown[]> {
  const { gatewayIds, groupIds, appIds, throttleIds, appQuotaIds, runtime } = around;
  const { parents } = descriptionOf(kind);
  const values: Readonly<Record<string, readonly string[]>> = {
    gatewayId: gatewayIds.slice(0, 1),
    groupId: groupIds,
    appId: appIds,
    throttleId: throttleIds,
    appQuotaId: appQuotaIds,
  };
  const places = parents.reduce<Json[]>(
    (all, name) => all.flatMap((place) => (values[name] ?? []).map((id) => ({ ...place, [name]: id }))),
    [{}],
  );
  const lists = await Promise.all(places.map((place) => runtime.client.collection(kind).list(place)));
  return lists.flat();
}
