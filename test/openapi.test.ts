import { createClient, type Client } from '@apig/sdk';
import { descriptionOf, fieldsOf, resources, type Json, type Kind } from '@apig/sdk/contract';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isOutput } from '../sdk/src/reference/example.ts';
import { exampleInput } from './support/examples.ts';
import { openGateway, type TestGateway } from './support/gateway.ts';
import { openRecorder, type Exchange, type Recorder } from './support/recorder.ts';

const document = JSON.parse(
  readFileSync(join(import.meta.dirname, '../sdk/reference/openapi.json'), 'utf8'),
) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};
interface Operation {
  readonly tags: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly required?: boolean }[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, { readonly content?: unknown }>>;
}

const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { password: true } });
ajv.addSchema(document, 'openapi.json');

const ORDER = ['collection', 'publication', 'binding', 'membership', 'singleton'];
const kinds = (Object.keys(resources) as Kind[]).toSorted((a, b) => stageOf(a) - stageOf(b));

describe('what a client and a gateway say to each other about', () => {
  let runtime: TestGateway;
  let recorder: Recorder;
  let client: Client;
  const inputs = new Map<Kind, Json>();
  const objects = new Map<Kind, Json & { readonly id: string }>();

  beforeAll(async () => {
    // The function that the examples name.
    const functions = { 'urn:fss:eu-de:shop:function:default:check': { url: 'http://127.0.0.1:9' } };
    runtime = await openGateway({ functions });
    recorder = await openRecorder(runtime.endpoint);
    const { projectId, accessKey, secretKey, clock } = runtime;
    const timing = { now: () => clock.now(), random: Math.random, wait: () => Promise.resolve() };
    client = createClient({ endpoint: recorder.endpoint, projectId, accessKey, secretKey, timing });
    for (const kind of kinds) await create(kind);
    for (const kind of kinds) await readAndChange(kind);
    for (const kind of kinds.toReversed()) await client.collection(kind).delete(addressOf(kind));
  });

  afterAll(async () => {
    client.close();
    await recorder.dispose();
    await runtime.dispose();
  });

  test.each(kinds)('%s is as the OpenAPI document has it', (kind) => {
    const { title } = descriptionOf(kind);
    const own = recorder.exchanges.filter((exchange) => operationOf(exchange)?.tags[0] === title);
    expect(own).not.toEqual([]);
    expect(own.flatMap(faultsOf)).toEqual([]);
  });

  test('any object is described', () => {
    const others = recorder.exchanges.filter((exchange) => operationOf(exchange) === undefined);
    expect(others.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });

  /** Creates the example of a kind, and before it what it refers to. */
  async function create(kind: Kind): Promise<void> {
    if (objects.has(kind)) return;
    const example = exampleInput(kind);
    const outputs = [...JSON.stringify(example).matchAll(/"(\w+)\.\w+"/g)].map(([, name]) => name as Kind);
    for (const other of outputs.filter((name) => name in resources)) await create(other);
    const input = JSON.parse(JSON.stringify(example), (_, value: unknown) => valueOf(value)) as Json;
    inputs.set(kind, input);
    objects.set(kind, await client.collection(kind).create(input));
  }

  function valueOf(value: unknown): unknown {
    if (typeof value !== 'string' || !isOutput(value)) return value;
    const [kind, output = ''] = value.split('.');
    return objects.get(kind as Kind)?.[output];
  }

  async function readAndChange(kind: Kind): Promise<void> {
    const { input, operations, parents } = descriptionOf(kind);
    const collection = client.collection(kind);
    const object: Json = { ...objects.get(kind) };
    expect(await collection.get(addressOf(kind))).toMatchObject(object);
    const all = await collection.list(Object.fromEntries(parents.map((name) => [name, object[name]])));
    expect(all).toContainEqual(object);
    const remark = fieldsOf(input).some(({ name }) => name === 'remark') ? { remark: 'changed' } : {};
    if (operations.shape !== 'collection' || operations.updates) {
      // Arguments that were generated are in the object, and those that no answer shows are in the input.
      await collection.update(addressOf(kind), { ...object, ...inputs.get(kind), ...remark });
    }
  }

  function addressOf(kind: Kind): Json {
    return { ...objects.get(kind) };
  }
});

/** What an exchange has that the document does not say. */
function faultsOf(exchange: Exchange): readonly unknown[] {
  const { method, path, query, request, status, answer } = exchange;
  const title = `${method} ${path} ${status}`;
  const operation = operationOf(exchange);
  if (operation === undefined) return [`${title}: no such operation`];
  const { parameters = [], requestBody, responses } = operation;
  const missing = parameters.filter(({ name, required }) => required && !query.has(name));
  const response = responses[status];
  const at = (...steps: string[]) => steps.map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1'));
  const place = ['paths', templateOf(path) ?? '', method.toLowerCase()];
  const body = ['content', 'application/json', 'schema'];
  return [
    ...missing.map(({ name }) => `${title}: no ${name}`),
    ...(response === undefined ? [`${title}: no such status`] : []),
    ...((request === undefined) === (requestBody === undefined) ? [] : [`${title}: request body`]),
    ...((answer === undefined) === (response?.content === undefined) ? [] : [`${title}: answer body`]),
    ...(request === undefined ? [] : invalid(at(...place, 'requestBody', ...body), request)),
    ...(answer === undefined ? [] : invalid(at(...place, 'responses', String(status), ...body), answer)),
  ];
}

function invalid(pointer: readonly string[], value: unknown): readonly unknown[] {
  const $ref = `openapi.json#/${pointer.map(encodeURIComponent).join('/')}`;
  return ajv.validate({ $ref }, value) ? [] : [{ $ref, value, errors: ajv.errors }];
}

function operationOf({ method, path }: Exchange): Operation | undefined {
  return document.paths[templateOf(path) ?? '']?.[method.toLowerCase()];
}

/** The path of the document that a path is of. The one with the fewest parameters wins. */
function templateOf(path: string): string | undefined {
  const fits = Object.keys(document.paths).filter((template) =>
    new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
  return fits.toSorted((a, b) => a.split('{').length - b.split('{').length)[0];
}

function stageOf(kind: Kind): number {
  return ORDER.indexOf(descriptionOf(kind).operations.shape);
}
