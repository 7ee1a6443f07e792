import { createRequire } from 'node:module';
import type { Json } from '@apig/sdk/contract';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../gateway-runtime/src/clock.ts';
import { makeCertificate } from '../support/certificates.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';

/** Collects what a client needs. */
interface Builder {
  withEndpoint(endpoint: string): Builder;
  withCredential(credentials: Credentials): Builder;
  build(): Client;
}
interface Credentials {
  withAk(accessKey: string): Credentials;
  withSk(secretKey: string): Credentials;
  withProjectId(projectId: string): Credentials;
}
interface Client {
  sendRequest(options: {
    readonly method: string;
    readonly url: string;
    readonly contentType: string;
    readonly queryParams: Json;
    readonly pathParams: Json;
    readonly headers: Json;
    readonly data?: unknown;
  }): Promise<Json & { readonly httpStatusCode: number }>;
}

// The core alone is published for Node, without the calls of APIG: these are made with what service packages use of it.
const load = createRequire(import.meta.url);
const { ClientBuilder } = load('@huaweicloud/huaweicloud-sdk-core/ClientBuilder') as {
  readonly ClientBuilder: new (init: (client: Client) => Client, credentialType: string) => Builder;
};
const { BasicCredentials } = load('@huaweicloud/huaweicloud-sdk-core') as {
  readonly BasicCredentials: new () => Credentials;
};

// It writes every refusal to the console.
const { configure } = createRequire(load.resolve('@huaweicloud/huaweicloud-sdk-core'))('log4js') as {
  readonly configure: (configuration: object) => void;
};
configure({
  appenders: { console: { type: 'stderr' } },
  categories: { default: { appenders: ['console'], level: 'off' } },
});

describe('the core of the SDK for Node', () => {
  let running: TestGateway;
  let client: Client;
  const ids: Json = {};

  beforeAll(async () => {
    running = await openGateway({ clock: systemClock });
    const { endpoint, projectId, accessKey, secretKey } = running;
    const credentials = new BasicCredentials().withAk(accessKey).withSk(secretKey).withProjectId(projectId);
    client = new ClientBuilder((made) => made, 'BasicCredentials')
      .withEndpoint(endpoint)
      .withCredential(credentials)
      .build();
  });
  afterAll(() => running.dispose());

  test('creates, reads, lists, updates and deletes every kind, and publishes and binds, with its own signatures', async () => {
    const { certificate, key } = await makeCertificate(['node.example.com']);
    const gateway = await call('POST', 'instances', 202, {
      instance_name: 'node_gateway',
      spec_id: 'BASIC',
      vpc_id: 'vpc-1',
      subnet_id: 'subnet-1',
      security_group_id: 'group-1',
      available_zone_ids: ['az-a'],
    });
    ids['instance_id'] = gateway['instance_id'];

    await create('env_id', 'envs', { name: 'NODE' });
    await create('group_id', 'api-groups', { name: 'node' });
    const variable = { variable_name: 'HOST', variable_value: 'a.internal' };
    await create('variable_id', 'env-variables', {
      group_id: ids['group_id'],
      env_id: ids['env_id'],
      ...variable,
    });
    await create('response_id', 'api-groups/{group_id}/gateway-responses', { name: 'node' });
    await create('domain_id', 'api-groups/{group_id}/domains', { url_domain: 'node.example.com' });
    const pair = { cert_content: certificate, private_key: key };
    ids['certificate_id'] = (await call('POST', 'certificates', 200, { name: 'node', ...pair }))['id'];
    await call('POST', at('api-groups/{group_id}/domains/{domain_id}/certificates/attach'), 204, {
      certificate_ids: [ids['certificate_id']],
    });
    await create('channel_id', 'vpc-channels', {
      name: 'node',
      port: 80,
      balance_strategy: 1,
      member_type: 'ip',
      members: [{ host: '127.0.0.1', weight: 1 }],
    });
    await create('api_id', 'apis', {
      group_id: ids['group_id'],
      name: 'node',
      type: 1,
      req_protocol: 'HTTP',
      req_method: 'GET',
      req_uri: '/node',
      auth_type: 'APP',
      backend_type: 'MOCK',
      mock_info: { result_content: 'hello' },
    });
    const { publish_id } = await call('POST', at('apis/action'), 201, {
      action: 'online',
      api_id: ids['api_id'],
      env_id: ids['env_id'],
    });
    const limits = { api_call_limits: 10, time_interval: 1, time_unit: 'SECOND' };
    await create('throttle_id', 'throttles', { name: 'node', ...limits });
    await create('app_id', 'apps', { name: 'node' });
    await create('code_id', 'apps/{app_id}/app-codes', { app_code: 'n'.repeat(64) });
    const special = { call_limits: 5, object_type: 'APP', object_id: ids['app_id'] };
    await create('special_id', 'throttles/{throttle_id}/throttle-specials', special);
    const entries = { acl_name: 'node', acl_type: 'DENY', entity_type: 'IP', acl_value: '192.0.2.1' };
    await create('acl_id', 'acls', entries);
    await create('sign_id', 'signs', { name: 'node', sign_type: 'hmac' });
    const quota = { name: 'node', call_limits: 10, time_unit: 'DAY', time_interval: 1 };
    ids['quota_id'] = (await call('POST', at('app-quotas'), 201, quota))['app_quota_id'];
    ids['plugin_id'] = (
      await call('POST', at('plugins'), 201, {
        plugin_name: 'node',
        plugin_type: 'set_resp_headers',
        plugin_scope: 'global',
        plugin_content: '{"response_headers":[{"name":"X-Node","value":"yes","action":"override"}]}',
      })
    )['plugin_id'];

    const published = { publish_ids: [publish_id] };
    await call('POST', at('throttle-bindings'), 201, { strategy_id: ids['throttle_id'], ...published });
    await call('POST', at('acl-bindings'), 201, { acl_id: ids['acl_id'], ...published });
    await call('POST', at('sign-bindings'), 201, { sign_id: ids['sign_id'], ...published });
    const place = { env_id: ids['env_id'], api_ids: [ids['api_id']] };
    await call('POST', at('app-auths'), 201, { ...place, app_ids: [ids['app_id']] });
    await call('POST', at('plugins/{plugin_id}/attach'), 201, place);
    await call('POST', at('app-quotas/{quota_id}/binding-apps'), 201, { app_ids: [ids['app_id']] });
    await call('PUT', at('apps/{app_id}/app-acl'), 201, {
      app_acl_type: 'DENY',
      app_acl_values: ['192.0.2.9'],
    });
    await call('POST', at('features'), 201, { name: 'app_basic', enable: true, config: 'on' });

    for (const [path, list] of LISTS) {
      const { total, size, [list]: rows } = await call('GET', at(path), 200);
      expect({ path, total, size, rows: (rows as readonly unknown[]).length }).not.toMatchObject({ rows: 0 });
      expect({ path, size }).toEqual({ path, size: (rows as readonly unknown[]).length });
    }
    const page = await call('GET', at('apis?limit=1&offset=1'), 200);
    expect(page).toMatchObject({ total: 1, size: 0, apis: [] });
    for (const path of ITEMS) await call('GET', at(path), 200);

    await call('PUT', at('envs/{env_id}'), 200, { name: 'NODE_2' });
    await call('PUT', at('throttles/{throttle_id}'), 200, { name: 'node_2', ...limits });
    await call('PUT', at('acls/{acl_id}'), 200, { ...entries, acl_value: '192.0.2.2' });

    const offline = { action: 'offline', api_id: ids['api_id'], env_id: ids['env_id'] };
    await call('PUT', at('plugins/{plugin_id}/detach'), 204, place);
    const { acls } = await call('GET', at('acl-bindings/binded-acls?api_id={api_id}'), 200);
    const [bound] = acls as readonly Json[];
    await call('DELETE', at(`acl-bindings/${String(bound?.['bind_id'])}`), 204);
    await call('POST', at('apis/action'), 201, offline);
    await call('POST', at('api-groups/{group_id}/domains/{domain_id}/certificates/detach'), 204, {
      certificate_ids: [ids['certificate_id']],
    });
    for (const path of DELETED) await call('DELETE', at(path), 204);
    await call('DELETE', path('certificates/{certificate_id}'), 204);
    await call('DELETE', at(''), 204);

    expect(await running.client.gateway.list({})).toEqual([]);
  });

  test('is told the code, the message and the request of an error', async () => {
    const failure = await call('GET', 'instances/none', 404).catch((error: unknown) => error);
    expect(failure).toMatchObject({ httpStatusCode: 404, errorCode: 'APIC.7302' });
    expect(String((failure as { readonly errorMsg: unknown }).errorMsg)).toContain('none');
    expect((failure as { readonly requestId: unknown }).requestId).toMatch(/^[0-9a-f]{32}$/);
  });

  test('is refused with a wrong secret', async () => {
    const { endpoint, projectId, accessKey } = running;
    const credentials = new BasicCredentials().withAk(accessKey).withSk('guessed').withProjectId(projectId);
    const stranger = new ClientBuilder((made) => made, 'BasicCredentials')
      .withEndpoint(endpoint)
      .withCredential(credentials)
      .build();
    await expect(send(stranger, 'GET', 'instances')).rejects.toMatchObject({
      httpStatusCode: 401,
      errorCode: 'APIC.7100',
    });
  });

  async function create(name: string, collection: string, body: Json): Promise<void> {
    ids[name] = (await call('POST', at(collection), 201, body))['id'];
  }

  async function call(method: string, target: string, status: number, body?: Json): Promise<Json> {
    const answer = await send(client, method, target, body);
    expect({ method, target, status: answer.httpStatusCode }).toEqual({ method, target, status });
    return answer;
  }

  function send(
    sender: Client,
    method: string,
    target: string,
    body?: Json,
  ): Promise<Json & { readonly httpStatusCode: number }> {
    const [url = '', query = ''] = target.split('?');
    return sender.sendRequest({
      method,
      url: `/v2/{project_id}/apigw/${url}`,
      contentType: 'application/json',
      queryParams: Object.fromEntries(new URLSearchParams(query)),
      pathParams: { project_id: running.projectId },
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { data: body }),
    });
  }

  /** A path inside the gateway, with IDs in their places. */
  function at(template: string): string {
    return path(['instances/{instance_id}', template].filter(Boolean).join('/'));
  }

  function path(template: string): string {
    return template.replace(/\{(\w+)\}/g, (_, name: string) => String(ids[name]));
  }
});

/** Lists in which something is, and their keys. */
const LISTS = [
  ['envs', 'envs'],
  ['api-groups', 'groups'],
  ['env-variables?group_id={group_id}', 'variables'],
  ['api-groups/{group_id}/gateway-responses', 'responses'],
  ['vpc-channels', 'vpc_channels'],
  ['vpc-channels/{channel_id}/members', 'members'],
  ['apis', 'apis'],
  ['apis/publish/{api_id}', 'api_versions'],
  ['throttles', 'throttles'],
  ['throttles/{throttle_id}/throttle-specials', 'throttle_specials'],
  ['throttle-bindings/binded-apis?throttle_id={throttle_id}', 'apis'],
  ['apps', 'apps'],
  ['apps/{app_id}/app-codes', 'app_codes'],
  ['acls', 'acls'],
  ['acl-bindings/binded-apis?acl_id={acl_id}', 'apis'],
  ['signs', 'signs'],
  ['sign-bindings/binded-apis?sign_id={sign_id}', 'bindings'],
  ['app-quotas', 'quotas'],
  ['app-quotas/{quota_id}/bound-apps', 'apps'],
  ['app-auths/binded-apis?app_id={app_id}', 'auths'],
  ['plugins', 'plugins'],
  ['plugins/{plugin_id}/attached-apis', 'apis'],
  ['apis/{api_id}/attached-plugins', 'plugins'],
  ['features', 'features'],
  ['project/configs', 'configs'],
] as const;

/** Objects that can be read alone. */
const ITEMS = [
  '',
  'api-groups/{group_id}',
  'env-variables/{variable_id}',
  'api-groups/{group_id}/gateway-responses/{response_id}',
  'vpc-channels/{channel_id}',
  'apis/{api_id}',
  'throttles/{throttle_id}',
  'apps/{app_id}',
  'apps/{app_id}/app-codes/{code_id}',
  'apps/{app_id}/app-acl',
  'apps/{app_id}/bound-quota',
  'acls/{acl_id}',
  'app-quotas/{quota_id}',
  'plugins/{plugin_id}',
];

/** Objects in an order in which they can be deleted. */
const DELETED = [
  'apps/{app_id}/app-acl',
  'apps/{app_id}/app-codes/{code_id}',
  'throttles/{throttle_id}/throttle-specials/{special_id}',
  'throttles/{throttle_id}',
  'app-quotas/{quota_id}',
  'apps/{app_id}',
  'acls/{acl_id}',
  'signs/{sign_id}',
  'plugins/{plugin_id}',
  'apis/{api_id}',
  'vpc-channels/{channel_id}',
  'env-variables/{variable_id}',
  'api-groups/{group_id}/gateway-responses/{response_id}',
  'api-groups/{group_id}/domains/{domain_id}',
  'api-groups/{group_id}',
  'envs/{env_id}',
];
