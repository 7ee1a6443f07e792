import type { AnyObject } from '@apig/sdk';
import { descriptionOf, fieldsOf, resources, type Json, type Kind } from '@apig/sdk/contract';
import { provider, type Provider } from '@apig/provider/lifecycle';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { systemClock } from '../../gateway-runtime/src/clock.ts';
import { isOutput } from '../../sdk/src/reference/example.ts';
import { exampleInput } from '../support/examples.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { openLossyProxy, type Fate, type LossyProxy } from './lossy-proxy.ts';

/*
 * Each call that creating, changing and deleting an object takes goes wrong once, in each way, and the operation is tried
 * again as the engine does in its next run.
 */

/** What goes wrong: the fate of the call at which it begins, and of those after it. */
const TROUBLES: Readonly<Record<string, readonly [Fate, Fate]>> = {
  'is cut': ['cut', 'answered'],
  'is carried out but not answered': ['lost', 'answered'],
  'is told to come back later': ['busy', 'answered'],
  'fails, and so do all after it': ['failing', 'failing'],
  'is carried out but not answered, and all after it fail': ['lost', 'failing'],
};

/** An object as the engine knows it. */
interface State {
  readonly id: string;
  readonly properties: Json;
}

/** Features belong to a gateway as long as it is there: they are set, and never gone. */
const KINDS = (Object.keys(resources) as Kind[]).filter((kind) => kind !== 'gatewayFeature');
const SECRET = 'secret-of-the-test';
/** Arguments that no error may repeat, and that tell AppCodes apart. */
const SECRETS: Readonly<Partial<Record<Kind, Json>>> = {
  app: { appSecret: SECRET },
  appCode: { code: SECRET.padEnd(64, '0') },
  signatureKey: { secret: SECRET },
};
/** The function that the examples name. */
const FUNCTION = 'urn:fss:eu-de:shop:function:default:check';

jest.setTimeout(120_000);

let runtime: TestGateway;
let proxy: LossyProxy;
let fateOf: (count: number) => Fate = () => 'answered';
let calls = 0;

beforeAll(async () => {
  runtime = await openGateway({
    clock: systemClock,
    // Each kind has a gateway.
    limits: { INSTANCE_NUM_LIMIT: 100 },
    functions: { [FUNCTION]: { url: 'http://127.0.0.1:9' } },
  });
  proxy = await openLossyProxy(runtime.endpoint, () => fateOf((calls += 1)));
});

afterAll(async () => {
  await proxy.dispose();
  await runtime.dispose();
});

describe.each(KINDS)('%s', (kind) => {
  const description = descriptionOf(kind);
  let input: Json;
  let changed: Json;
  let parents: Json;
  let engine: Engine;

  beforeAll(async () => {
    input = await inWorld(kind);
    const remark = fieldsOf(description.input).find(
      ({ name }) => name === 'remark' || name === 'description',
    );
    changed = remark === undefined ? input : { ...input, [remark.name]: 'changed' };
    parents = Object.fromEntries(description.parents.map((name) => [name, input[name]]));
  });

  const list = () => runtime.client.collection(kind).list(parents);

  test.each(Object.keys(TROUBLES))('converges when a call %s', async (name) => {
    const [first, later] = TROUBLES[name] ?? ['answered', 'answered'];
    const before = (await list()).length;
    const steps: readonly ((state: State | undefined) => Promise<State | undefined>)[] = [
      () => engine.create(input),
      (state) => (state === undefined ? engine.create(changed) : engine.update(state, changed)),
      (state) => engine.delete(state),
    ];
    const counts = [1, 1, 0];
    for (let at = 1, isOver = false; !isOver; at += 1) {
      let state: State | undefined;
      isOver = true;
      for (const [index, step] of steps.entries()) {
        engine = new Engine(kind);
        calls = 0;
        fateOf = (count) => (count < at ? 'answered' : count === at ? first : later);
        state = await step(state).catch(async (failure: unknown) => {
          fateOf = () => 'answered';
          expect(String(failure)).not.toContain(SECRET);
          // The next run.
          const partial = engine.stateAfter(failure) ?? state;
          engine = new Engine(kind);
          if (index === 0)
            return partial === undefined ? engine.create(input) : engine.update(partial, input, true);
          return step(partial);
        });
        if (calls >= at) isOver = false;
        fateOf = () => 'answered';
        const there = await list();
        expect({ at, index, there: there.length - before }).toEqual({ at, index, there: counts[index] });
        if (state !== undefined && index < 2) await expectAsAsked(state, index === 0 ? input : changed);
      }
    }
  });

  /** The object is as asked for: a refresh and a preview find nothing to do. */
  async function expectAsAsked(state: State, asked: Json): Promise<void> {
    const { inputs } = await engine.provider.check(state.properties, asked);
    const { props = {} } = await engine.provider.read(state.id, state.properties);
    expect(await engine.provider.diff(state.id, props, inputs)).toMatchObject({ changed: [] });
  }
});

/** What the engine does with a provider, without the engine: a run has one, and knows what the runs before it stored. */
class Engine {
  readonly provider: Provider;

  constructor(kind: Kind) {
    this.provider = provider(kind);
    const { projectId, accessKey, secretKey } = runtime;
    const settings: Json = { endpoint: proxy.endpoint, projectId, accessKey, secretKey };
    const get = (key: string) => settings[key.replace('apig:', '')] as string | undefined;
    void this.provider.configure({ config: { get } });
  }

  async create(asked: Json): Promise<State> {
    const { inputs, failures } = await this.provider.check({}, asked);
    expect(failures).toEqual([]);
    const { id, outs } = await this.provider.create(inputs);
    return { id, properties: outs };
  }

  /** Changes an object that differs; one that was created in part in any case. */
  async update(state: State, asked: Json, isPartial = false): Promise<State> {
    const { inputs } = await this.provider.check(state.properties, asked);
    const { changes } = await this.provider.diff(state.id, state.properties, inputs);
    if (!changes && !isPartial) return state;
    const { outs } = await this.provider.update(state.id, state.properties, inputs);
    return { id: state.id, properties: outs };
  }

  async delete(state: State | undefined): Promise<undefined> {
    if (state !== undefined) await this.provider.delete(state.id, state.properties);
    return undefined;
  }

  /** What is stored of an object that was created in part. */
  stateAfter(failure: unknown): State | undefined {
    const { id, properties } = failure as { readonly id?: string; readonly properties?: Json };
    return id === undefined ? undefined : { id, properties: properties ?? {} };
  }
}

let worlds = 0;

/** The example of a kind, with the objects that it refers to: each kind has a gateway of its own. */
async function inWorld(kind: Kind): Promise<Json> {
  worlds += 1;
  const world = `world-${worlds}`;
  const objects = new Map<string, AnyObject>();
  const inputOf = async (each: Kind): Promise<Json> => {
    const example = exampleInput(each);
    for (const [, name = ''] of JSON.stringify(example).matchAll(/"(\w+)\.\w+"/g)) {
      if (name in resources && !objects.has(name)) {
        const input = await inputOf(name as Kind);
        objects.set(name, await runtime.client.collection(name as Kind).create(input));
      }
    }
    const valueOf = (value: unknown): unknown => {
      if (typeof value !== 'string' || !isOutput(value)) return value;
      const [of = '', output = ''] = value.split('.');
      return objects.get(of)?.[output];
    };
    const input = JSON.parse(JSON.stringify(example), (_, value: unknown) => valueOf(value)) as Json;
    return {
      ...input,
      ...SECRETS[each],
      ...((each === 'gateway' || each === 'certificate') && { name: world }),
    };
  };
  return inputOf(kind);
}
