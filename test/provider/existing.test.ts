import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Kind } from '@apig/sdk';
import { descriptionOf, fieldsOf, type Json } from '@apig/sdk/contract';
import { identityOf } from '../../provider/src/properties.ts';
import { TYPE_NAMES } from '../../provider/src/type-names.ts';
import { makeCertificate } from '../support/certificates.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { projectEnvironment } from '../../tools/setup/environment.js';
import { runProgram } from '../../tools/setup/process.js';
import { openStack, type Outcome, type Preview, type Stack } from '../support/pulumi.ts';
import { PROGRAM, takeInventory, type Inventory } from './every-kind.ts';
import { KINDS } from './samples.ts';

/*
 * A gateway with every kind that something else has made. One program looks all of it up; the next takes it over by an
 * import; the last adopts it by its names.
 */

const ROOT = join(import.meta.dirname, '../..');

/** What the adopting program asks for differently. */
const CHANGES = { throttle: { apiCallLimit: 55 }, acl: { values: ['192.0.2.99'] } };

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

/** The program that made everything, with nothing but names, and other values. */
const ADOPTING = PROGRAM.replaceAll(/new apig\.(\w+)\((.*?)\);$/gms, 'new apig.$1($2, { adopt: true });');

let runtime: TestGateway;
let other: Stack;
let stack: Stack;
let adopter: Stack;
let inventory: Inventory;
let looked: Outcome;
let exported: { readonly code: number | null; readonly stderr: string; readonly stdout: string };
let importMode: number;
let program: string;
let imported: { readonly code: number | null; readonly stdout: string; readonly stderr: string };
let leftAfterImport: Preview;
let leftAfterRefresh: Preview;
let upAfterImport: Outcome;
let importedState: string;
let importedTypes: readonly string[];
let adopting: Preview;
let adopted: Outcome;
let leftAfterAdoption: Preview;
let inventoryAfterAdoption: Inventory;
let refused: Outcome;
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

  exported = await apig('export', '--pulumi', '--force');
  importMode = statSync(join(stack.directory, 'import.json')).mode & 0o777;
  program = readFileSync(join(stack.directory, 'index.ts'), 'utf8');
  await stack.setConfig('ordersCertificateCertificate', SERVED.certificate);
  await stack.setConfig('ordersCertificatePrivateKey', SERVED.key, { secret: true });
  imported = await pulumi(
    'import',
    '--file',
    'import.json',
    '--protect=false',
    '--generate-code=false',
    '--yes',
  );
  leftAfterImport = await stack.preview();
  const { text, resources } = await stack.exportState();
  importedState = text;
  importedTypes = resources.map(({ type }) => type);
  await stack.refresh();
  leftAfterRefresh = await stack.preview();
  upAfterImport = await stack.up();

  adopter = await openStack({
    program: { ...files, 'index.ts': ADOPTING, 'changes.json': JSON.stringify(CHANGES) },
    ...settings,
  });
  adopting = await adopter.preview();
  adopted = await adopter.up();
  inventoryAfterAdoption = await takeInventory(runtime.client);
  leftAfterAdoption = await adopter.preview();
  const gatewayId = String(firstOf('gateway')['id']);
  stack.write({
    'index.ts': `import * as apig from '@apig/provider';
      new apig.Acl('refused', { gatewayId: '${gatewayId}', name: 'offices', type: 'PERMIT', entityType: 'DOMAIN', values: ['x'] }, { adopt: true });`,
  });
  refused = await stack.up('--target', '**refused');
}, 600_000);

afterAll(async () => {
  await adopter.dispose();
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

describe('the export of what exists', () => {
  test('says what it wrote, what it could not read, and what to do', () => {
    expect(exported).toMatchObject({ code: 0 });
    expect(exported.stderr).toContain('resources in index.ts and import.json.');
    expect(exported.stderr).toContain('pulumi config set --secret ordersCertificatePrivateKey');
  });

  test('keeps secrets out of the program, and the import file to its owner', () => {
    for (const secret of ['given-app-secret', 'given-signing-secret']) expect(program).not.toContain(secret);
    expect(importMode).toBe(0o600);
  });

  test('is imported without a word', () => {
    expect(imported).toMatchObject({ code: 0 });
    expect(imported.stdout + imported.stderr).not.toMatch(/warning:|error:|given-app-secret/);
    expect(importedState).not.toContain('given-app-secret');
  });

  test.each(KINDS)('takes a %s over, and leaves nothing to do', (kind) => {
    expect(importedTypes).toContain(`pulumi-nodejs:dynamic/apig:${TYPE_NAMES[kind]}`);
    expect(leftAfterImport.changes).toEqual([]);
  });

  test('leaves nothing to do after a refresh and an update either', () => {
    expect(leftAfterRefresh.changes).toEqual([]);
    expect(upAfterImport).toMatchObject({ code: 0 });
    expect(upAfterImport.changes).toEqual([]);
  });
});

describe('resources that adopt', () => {
  test.each(KINDS)('are documented with what a %s is found by', (kind) => {
    const readme = readFileSync(join(ROOT, 'provider/README.md'), 'utf8');
    const description = descriptionOf(kind);
    const { parents, unique } = description;
    const fields = new Set([...parents, ...(unique?.within ?? []), ...identityOf(description)]);
    const code = [...fields].map((name) => `\`${name}\``).join(', ');
    const rows = readme.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    const row = rows.find(([, classes = '']) => classes.split(', ').includes(`\`${TYPE_NAMES[kind]}\``));
    expect(row?.[2]).toBe(code);
  });

  test('are announced as created, and say so when they are not', () => {
    expect(adopting.changes.every(({ op }) => op === 'create')).toBe(true);
    expect(adopted).toMatchObject({ code: 0 });
    expect(leftAfterAdoption.changes).toEqual([]);
  });

  test.each(KINDS)('take over a %s by its name', (kind) => {
    const ids = (of: Inventory) => of[kind].map(({ id }) => id).toSorted();
    // An AppCode that is generated has no name.
    if (kind === 'appCode')
      expect(ids(inventoryAfterAdoption)).toEqual(expect.arrayContaining(ids(inventory)));
    else expect(ids(inventoryAfterAdoption)).toEqual(ids(inventory));
  });

  test('make what they take over as asked for', () => {
    expect(inventoryAfterAdoption.throttle).toContainEqual(
      expect.objectContaining({ name: 'gold', apiCallLimit: 55 }),
    );
    expect(inventoryAfterAdoption.acl).toContainEqual(expect.objectContaining({ values: ['192.0.2.99'] }));
  });

  test('refuse what could only be replaced', () => {
    expect(refused.code).not.toBe(0);
    expect(refused.stdout).toContain('cannot be adopted: it differs in entityType');
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

/** Runs the command in the folder of the stack. */
function apig(...args: string[]) {
  const main = join(ROOT, 'provider/src/main.ts');
  return runProgram(process.execPath, ['--conditions=@apig/source', main, ...args], inStack());
}

function pulumi(...args: string[]) {
  return runProgram('pulumi', ['--non-interactive', '--color', 'never', ...args], inStack());
}

function inStack(): { readonly cwd: string; readonly env: NodeJS.ProcessEnv } {
  return { cwd: stack.directory, env: projectEnvironment(stack.env, ROOT) };
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
