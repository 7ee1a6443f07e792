import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Kind } from '@apig/sdk';
import { descriptionOf, fieldsOf, type Json } from '@apig/sdk/contract';
import { TYPE_NAMES } from '../../provider/src/type-names.ts';
import { makeCertificate } from '../support/certificates.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { openStack, type Outcome, type Stack } from '../support/pulumi.ts';
import { PROGRAM, takeInventory, type Inventory } from './every-kind.ts';
import { KINDS } from './samples.ts';

/*
 * A gateway with every kind that something else has made. One program looks all of it up.
 */

const SERVED = await makeCertificate(['api.example.com']);

/** Looks up what `asked.json` says: by ID, by values, and by values that are known later. */
const LOOK_UPS = `
import { readFileSync } from 'node:fs';
import * as apig from '@apig/provider';
import { output } from '@pulumi/pulumi';

const asked = JSON.parse(readFileSync('asked.json', 'utf8'));
const functions = apig as any;
export const byId: any = {}, byValues: any = {}, later: any = {}, all: any = {}, failures: any = {};
for (const [kind, { one, many, parents, id, values }] of Object.entries<any>(asked)) {
  byId[kind] = await functions[one]({ ...parents, id });
  byValues[kind] = await functions[one]({ ...parents, ...values });
  later[kind] = functions[one + 'Output']({ ...parents, id: output(id) });
  all[kind] = functions[many + 'Output']({ ...parents, ...values }).apply((found: any[]) => found.map((each) => each.id));
  failures[kind] = await functions[one]({ ...parents, id: 'x/y' }).then(() => 'found', ({ message }: Error) => message);
}
const { gatewayId } = asked.api.parents;
const message = (look: Promise<unknown>) => look.then(() => 'found', (error: Error) => error.message);
failures.byName = await message(apig.getApi({ gatewayId, name: 'nowhere' }));
failures.ambiguous = await message(apig.getApi({ gatewayId, method: 'GET' }));
failures.bySecret = await message(functions.getApp({ gatewayId, appSecret: 'given-app-secret' }));
`;

let runtime: TestGateway;
let other: Stack;
let stack: Stack;
let inventory: Inventory;
let looked: Outcome;
let found: Record<'byId' | 'byValues' | 'later' | 'all' | 'failures', Record<string, unknown>>;

beforeAll(async () => {
  runtime = await openGateway({ functions: { 'urn:function:check': { url: 'http://127.0.0.1:9' } } });
  const { endpoint, projectId, accessKey, secretKey } = runtime;
  const settings = {
    config: { 'apig:endpoint': endpoint, 'apig:projectId': projectId, 'apig:accessKey': accessKey },
    secrets: { 'apig:secretKey': secretKey },
  };
  const files = { 'certificate.pem': SERVED.certificate, 'key.pem': SERVED.key };
  other = await openStack({ program: { ...files, 'index.ts': PROGRAM, 'changes.json': '{}' }, ...settings });
  const up = await other.up();
  if (up.code !== 0) throw new Error(up.stdout + up.stderr);
  inventory = await takeInventory(runtime.client);

  const asked = Object.fromEntries(KINDS.map((kind) => [kind, questionOf(kind)]));
  stack = await openStack({
    program: { ...files, 'index.ts': LOOK_UPS, 'asked.json': JSON.stringify(asked) },
    ...settings,
  });
  looked = await stack.up();
  found = (await stack.outputs()) as typeof found;
}, 300_000);

afterAll(async () => {
  await stack.dispose();
  await other.dispose();
  await runtime.dispose();
});

describe('the look-ups of a program', () => {
  test('are answered', () => {
    expect(looked).toMatchObject({ code: 0 });
  });

  test.each(KINDS)('find a %s by its ID, now and later, and by its values', (kind) => {
    const expected = withoutSecrets(kind, firstOf(kind));
    expect(found.byId[kind]).toEqual(expected);
    expect(found.later[kind]).toEqual(expected);
    expect(found.byValues[kind]).toMatchObject({ id: expected['id'] });
    expect(found.all[kind]).toEqual([expected['id']]);
  });

  test.each(KINDS)('say that there is no such %s', (kind) => {
    expect(found.failures[kind]).toContain(`There is no ${descriptionOf(kind).title} with id "x/y"`);
  });

  test('say what was asked for', () => {
    const gatewayId = String(firstOf('api')['gatewayId']);
    expect(found.failures['byName']).toBe(`There is no API with name "nowhere" in gatewayId "${gatewayId}".`);
    expect(found.failures['ambiguous']).toMatch(
      /^More than one API has method "GET" in gatewayId "\w+": \w+, \w+\. Say which by its id\.$/,
    );
    expect(found.failures['bySecret']).toBe('appSecret: no app is looked up by a secret.');
  });
});

/** What the program asks for a kind. */
function questionOf(kind: Kind): Json {
  const { parents, unique } = descriptionOf(kind);
  const object = firstOf(kind);
  const take = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, object[name]]));
  const secrets = secretsOf(kind);
  const values = (unique?.fields ?? Object.keys(object)).filter(
    (name) =>
      !parents.includes(name) && !secrets.includes(name) && /^(?:name|\w+Ids?|objectType)$/.test(name),
  );
  const one = `get${TYPE_NAMES[kind]}`;
  const many = one.endsWith('y') && !/[aeiou]y$/.test(one) ? `${one.slice(0, -1)}ies` : `${one}s`;
  return { one, many, parents: take(parents), id: object['id'], values: take(values) };
}

function firstOf(kind: Kind): Json {
  const [object] = inventory[kind];
  if (object === undefined) throw new Error(`There is no ${kind}.`);
  return object;
}

function secretsOf(kind: Kind): readonly string[] {
  return fieldsOf(descriptionOf(kind).input)
    .filter(({ marks }) => marks.secret)
    .map(({ name }) => name);
}

function withoutSecrets(kind: Kind, object: Json): Json {
  const secrets = secretsOf(kind);
  return JSON.parse(
    JSON.stringify(Object.fromEntries(Object.entries(object).filter(([name]) => !secrets.includes(name)))),
  ) as Json;
}
