import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Json } from '@apig/sdk/contract';
import { systemClock } from '../../gateway-runtime/src/clock.ts';
import { makeCertificate } from '../support/certificates.ts';
import { openDocumented, type Documented, type DocumentedRuntime } from '../support/documented.ts';
import { openGateway, send, type RawAnswer, type TestGateway } from '../support/gateway.ts';

const PASSPHRASE = 'correct horse battery';
const APP_SECRET = 'the-secret-of-the-app';

let source: DocumentedRuntime;
let target: TestGateway;
let gateway: Documented;
let appId: string;

beforeEach(async () => {
  source = await openDocumented({ clock: systemClock });
  target = await openGateway({ clock: systemClock });
  gateway = await source.create();
  appId = await gateway.add('apps', { name: 'shop', app_secret: APP_SECRET });
});
afterEach(async () => {
  await source.dispose();
  await target.dispose();
});

describe('a snapshot', () => {
  test('brings everything to another runtime, in one revision, and calls are served there', async () => {
    const { certificate, key } = await makeCertificate(['shop.example.com']);
    const body = { name: 'shop', cert_content: certificate, private_key: key };
    await source.call('POST', 'certificates', body);
    await gateway.add(`api-groups/${await gateway.group()}/domains`, { url_domain: 'shop.example.com' });
    const { apiId, publishId } = await gateway.published({
      req_uri: '/hello',
      mock_info: { result_content: '{"hello":1}' },
    });
    const throttleId = await gateway.add('throttles', {
      name: 'gold',
      api_call_limits: 5,
      time_interval: 1,
      time_unit: 'MINUTE',
      type: 1,
    });
    await gateway.call('POST', 'throttle-bindings', { strategy_id: throttleId, publish_ids: [publishId] });
    const document = await take(source);

    const loaded = await put(target, document);

    expect(loaded.status).toBe(200);
    expect(loaded.body['revision']).toBe(1);
    const [here, there] = await Promise.all([take(source, 'omit'), take(target, 'omit')]);
    expect(there['objects']).toEqual(here['objects']);
    const app = await target.call('GET', `instances/${gateway.id}/apps/${appId}`);
    expect(app.body['app_secret']).toBe(APP_SECRET);
    const { body: api } = await target.call('GET', `instances/${gateway.id}/apis/${apiId}`);
    const { host, port } = target.gateway.http ?? { host: '', port: 0 };
    const domain = `${String(api['group_id'])}.apic.localhost`;
    const answer = await send(`http://${host}:${port}/hello`, 'GET', { host: domain });
    expect([answer.status, answer.text]).toEqual([200, '{"hello":1}']);
    target = await target.restart();
    expect((await target.call('GET', `instances/${gateway.id}`)).status).toBe(200);
  });

  test('has all policies of an API, of which there may be several of a kind', async () => {
    const { apiId, publishId } = await gateway.published();
    const contents = {
      cors: { allow_origin: '*' },
      set_resp_headers: { response_headers: [{ name: 'a', value: 'b', action: 'add' }] },
    };
    for (const [plugin_type, content] of Object.entries(contents)) {
      const { body } = await gateway.call('POST', 'plugins', {
        plugin_name: plugin_type,
        plugin_type,
        plugin_scope: 'global',
        plugin_content: JSON.stringify(content),
      });
      const path = `plugins/${String(body['plugin_id'])}/attach`;
      await gateway.call('POST', path, { env_id: 'DEFAULT_ENVIRONMENT_RELEASE_ID', api_ids: [apiId] });
    }
    for (const [entity_type, acl_value] of [
      ['IP', '192.0.2.1'],
      ['DOMAIN', 'somebody'],
    ]) {
      const acl = { acl_name: `acl_${String(entity_type)}`, acl_type: 'DENY', entity_type, acl_value };
      const acl_id = await gateway.add('acls', acl);
      await gateway.call('POST', 'acl-bindings', { acl_id, publish_ids: [publishId] });
    }
    await gateway.add('vpc-channels', {
      name: 'orders',
      port: 80,
      balance_strategy: 1,
      member_type: 'ip',
      members: [{ host: '192.0.2.1' }, { host: '192.0.2.2' }],
    });

    const loaded = await put(target, await take(source));

    expect([loaded.status, loaded.text]).toEqual([200, expect.any(String)]);
    const [here, there] = await Promise.all([take(source, 'omit'), take(target, 'omit')]);
    expect(there['objects']).toEqual(here['objects']);
  });

  test('shows no secret, sealed or left out', async () => {
    const sealed = await own(source, 'GET', 'snapshot', PASSPHRASE);
    const omitted = await own(source, 'GET', 'snapshot?secrets=omit');

    expect(sealed.body['secrets']).toMatchObject({ kdf: 'scrypt' });
    expect(omitted.body['secrets']).toBe('omitted');
    for (const { text } of [sealed, omitted]) expect(text).not.toContain(APP_SECRET);
  });

  test('needs a passphrase that is long enough, and the right one', async () => {
    const short = await own(source, 'GET', 'snapshot', 'short');
    const wrong = await put(target, await take(source), '', 'another passphrase');

    expect([short.status, short.body['error_code']]).toEqual([400, 'RUNTIME.0001']);
    expect([wrong.status, wrong.body['error_code']]).toEqual([400, 'RUNTIME.0011']);
    expect(await countOf(target)).toBe(0);
  });

  test('replaces what is there only when it is told to, and then takes away what it does not have', async () => {
    const before = await take(source);
    await gateway.add('apps', { name: 'later' });

    const refused = await put(source, before);
    const replaced = await put(source, before, '?replace=true');

    expect([refused.status, refused.body['error_code']]).toEqual([409, 'RUNTIME.0012']);
    expect(replaced.body['changes']).toBe(1);
    const { body } = await gateway.call('GET', 'apps');
    expect(body['total']).toBe(1);
  });

  test('without secrets keeps those that are configured, and is refused where none is', async () => {
    const document = await take(source, 'omit');

    const here = await put(source, document, '?replace=true');
    const there = await put(target, document);

    expect([here.status, here.body['changes']]).toEqual([200, 0]);
    expect([there.status, there.text]).toEqual([400, expect.stringContaining(`app ${appId}: appSecret`)]);
    expect(await countOf(target)).toBe(0);
  });

  test.each<readonly [string, string, (objects: Json[], document: Json) => void]>([
    ['of another format', 'format', (_, document) => (document['format'] = 'other')],
    ['of a newer version', 'version', (_, document) => (document['version'] = 2)],
    ['without objects', 'objects', (_, document) => (document['objects'] = undefined)],
    ['with an unknown kind', 'objects.0.kind', (objects) => ((objects[0] ?? {})['kind'] = 'other')],
    ['with an object twice', 'twice', (objects) => objects.push({ ...objects[0] })],
    [
      'with a parent missing',
      'which is not there',
      (objects) => objects.splice(kindAt(objects, 'gateway'), 1),
    ],
    [
      'with an invalid field',
      'name: expected',
      (objects) => ((objects[kindAt(objects, 'app')]?.['body'] as Json)['name'] = '!'),
    ],
    [
      'with a name twice',
      'exclude each other',
      (objects) => objects.push({ ...objects[kindAt(objects, 'app')], id: 'other', body: otherApp(objects) }),
    ],
    [
      'of an unknown project',
      'adopt=true',
      (objects) => ((objects[kindAt(objects, 'gateway')]?.['body'] as Json)['projectId'] = 'x'),
    ],
  ])('%s is refused whole', async (_what, message, spoil) => {
    const document = await take(source);
    spoil(document['objects'] as Json[], document);

    const { status, text } = await put(target, document);

    expect([status, text]).toEqual([400, expect.stringContaining(message)]);
    expect(await countOf(target)).toBe(0);
  });

  test('over a limit is refused whole, and names what is too many', async () => {
    await gateway.add('apps', { name: 'other' });
    const document = await take(source);
    await target.dispose();
    target = await openGateway({ clock: systemClock, limits: { APP_NUM_LIMIT: 1 } });

    const { status, text } = await put(target, document);

    expect([status, text]).toEqual([400, expect.stringMatching(/app \w+: .*1/)]);
    expect(await countOf(target)).toBe(0);
  });

  test.each<readonly [string, string, Json]>([
    ['a limit of a policy that is exceeded', 'throttleException', { callLimit: 6 }],
    ['an app that is not there', 'throttleException', { objectId: 'nobody' }],
    ['another name of the first environment', 'environment', { name: 'renamed' }],
    ['another name of a default response', 'gatewayResponse', { name: 'renamed' }],
    ['a list of callers that is none', 'appAcl', { values: ['nowhere'] }],
    ['a feature that has no effect here', 'gatewayFeature', { name: 'waf', enabled: true, config: '' }],
  ])('with %s, which no write may have, is refused whole', async (_what, kind, change) => {
    const throttleId = await gateway.add('throttles', {
      name: 'gold',
      api_call_limits: 5,
      time_interval: 1,
      time_unit: 'MINUTE',
      type: 1,
    });
    const special = { object_type: 'APP', object_id: appId, call_limits: 4 };
    await gateway.call('POST', `throttles/${throttleId}/throttle-specials`, special);
    const acl = { app_acl_type: 'DENY', app_acl_values: ['192.0.2.1'] };
    await gateway.call('PUT', `apps/${appId}/app-acl`, acl);
    await gateway.call('POST', 'features', { name: 'ratelimit', enable: true, config: '{"api_limits":300}' });
    const document = await take(source);
    const object = (document['objects'] as Json[])[kindAt(document['objects'] as Json[], kind)];
    Object.assign(object?.['body'] as Json, change);

    const { status, text } = await put(target, document);

    expect([status, text]).toEqual([400, expect.stringContaining(`${kind} ${String(object?.['id'])}`)]);
    expect(await countOf(target)).toBe(0);
  });

  test('of a rule that what it replaces does not keep either may leave that as it is', async () => {
    const apps = ['two', 'three'].map((name) => gateway.add('apps', { name }));
    await Promise.all(apps);
    const document = await take(source);
    await source.gateway.close();
    const lowered = await openGateway({
      clock: systemClock,
      dataDirectory: source.dataDirectory,
      limits: { APP_NUM_LIMIT: 1 },
    });

    const { status, body } = await put(lowered, document, '?replace=true');

    expect([status, body['changes']]).toEqual([200, 0]);
    await lowered.gateway.close();
    lowered.client.close();
    source = { ...source, ...(await source.restart()) };
  });

  test('of another project is taken into the own one when that is wanted', async () => {
    const document = await take(source);
    const object = (document['objects'] as Json[]).find(({ kind }) => kind === 'gateway');
    (object?.['body'] as Json)['projectId'] = 'f'.repeat(32);

    expect((await put(target, document, '?adopt=true')).status).toBe(200);
    expect((await target.call('GET', `instances/${gateway.id}`)).status).toBe(200);
  });
});

function own(
  { endpoint }: TestGateway,
  method: string,
  path: string,
  passphrase?: string,
  body?: unknown,
): Promise<RawAnswer> {
  const headers = {
    'X-Auth-Token': 'test-token',
    ...(passphrase !== undefined && { 'X-Apig-Passphrase': passphrase }),
  };
  return send(
    `${endpoint}/runtime/v1/${path}`,
    method,
    headers,
    body === undefined ? undefined : JSON.stringify(body),
  );
}

async function take(runtime: TestGateway, secrets?: 'omit'): Promise<Record<string, unknown>> {
  const { body } = secrets
    ? await own(runtime, 'GET', 'snapshot?secrets=omit')
    : await own(runtime, 'GET', 'snapshot', PASSPHRASE);
  return body;
}

function put(runtime: TestGateway, document: Json, query = '', passphrase = PASSPHRASE): Promise<RawAnswer> {
  return own(runtime, 'POST', `snapshot${query}`, passphrase, document);
}

async function countOf(runtime: TestGateway): Promise<number> {
  return ((await take(runtime, 'omit'))['objects'] as unknown[]).length;
}

function kindAt(objects: readonly Json[], kind: string): number {
  return objects.findIndex((object) => object['kind'] === kind);
}

/** The body of an app that differs from the first one in its key only: secrets are sealed for one object, so it has a new one. */
function otherApp(objects: readonly Json[]): Json {
  return {
    ...(objects[kindAt(objects, 'app')]?.['body'] as Json),
    appKey: 'another-key',
    appSecret: 'another-secret',
  };
}
