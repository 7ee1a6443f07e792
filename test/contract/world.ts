import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json, KeyedCertificate } from '@apig/sdk/contract';
import { makeCertificate } from '../support/certificates.ts';
import { operationOf, type DocumentedOperation } from '../support/document.ts';
import {
  openGateway,
  send,
  type OpenGatewayOptions,
  type RawAnswer,
  type TestGateway,
} from '../support/gateway.ts';
import { OWNER, STRANGER } from './accounts.ts';
import { samples } from './samples.ts';

/** What a request says beside its operation. What is left out is that of the sample, or of the world. */
export interface RequestParts {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, in the place of `body`. */
  readonly text?: string;
  /** Undefined sends none. */
  readonly token?: string | undefined;
  readonly method?: string;
}

/** A gateway that runs, with one object of each kind, and what is needed to make more of them. */
export interface World {
  readonly running: TestGateway;
  /** Name of a path parameter, as the document has it, to the ID of an object that is there. */
  readonly ids: Record<string, string>;
  /** A certificate for all names below example.com. */
  readonly pair: KeyedCertificate;
  /** A function that APIs and authorizers may name. */
  readonly functionUrn: string;
  /** A number that nobody was given before. */
  readonly next: () => number;
  /** Sends a request. */
  readonly ask: (operation: string | DocumentedOperation, parts: RequestParts) => Promise<RawAnswer>;
  /** The valid request of an operation. */
  readonly sampleOf: (operation: string | DocumentedOperation) => Promise<RequestParts>;
  /** Sends the valid request of an operation, with some fields of the body changed. @throws when it is refused. */
  readonly succeed: (operation: string, fields?: Json, parts?: RequestParts) => Promise<Json>;
  /** The same, for the ID in the answer. */
  readonly make: (operation: string, fields?: Json, parts?: RequestParts) => Promise<string>;
  /** Number of the newest revision of the configuration. */
  readonly revision: () => Promise<number>;
  readonly dispose: () => Promise<void>;
}

/** Room for what tests make beside the one of each. */
const ROOM = 100_000;

/** The parts of the world in the order in which they can be made: operation, path parameter, key of the ID in the answer. */
const PARTS: readonly (readonly [operation: string, name: string, key?: string])[] = [
  ['createGateway', 'instance_id', 'instance_id'],
  ['createEnvironment', 'env_id'],
  ['createApiGroup', 'api_group_id'],
  ['createEnvironmentVariable', 'env_variable_id'],
  ['createCertificate', 'certificate_id'],
  ['createDomain', 'domain_id'],
  ['createGatewayResponse', 'gateway_response_id'],
  ['createLoadBalanceChannel', 'vpc_channel_id'],
  ['createAuthorizer', 'authorizer_id'],
  ['createApi', 'api_id'],
  ['publishApi', 'publish_id', 'publish_id'],
  ['createThrottle', 'throttle_id'],
  ['createApp', 'app_id'],
  ['createThrottleException', 'throttle_special_id'],
  ['createAppCode', 'app_code_id'],
  ['createAcl', 'acl_id'],
  ['createSignatureKey', 'sign_id'],
  ['createAppQuota', 'app_quota_id', 'app_quota_id'],
  ['createPlugin', 'plugin_id', 'plugin_id'],
];

/** Starts a gateway and makes one object of each kind. */
export async function openWorld(options: OpenGatewayOptions = {}): Promise<World> {
  const functions = await openFunctions();
  const limits = Object.fromEntries(ROOMY.map((name) => [name, ROOM]));
  const running = await openGateway({
    credentials: { accounts: [OWNER, STRANGER] },
    functions: { [FUNCTION_URN]: { url: functions.url } },
    microservices: [{ engine_id: 'engine-1', service_id: 'orders', members: ['127.0.0.1:1'] }],
    ...options,
    limits: { ...limits, ...options.limits },
  });
  const ids: Record<string, string> = { project_id: running.projectId, type: 'THROTTLED' };
  const pair = await makeCertificate(['*.example.com']);
  let count = 0;

  const ask: World['ask'] = (named, parts) => {
    const operation = typeof named === 'string' ? operationOf(named) : named;
    const params = { ...ids, ...parts.params };
    const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(params[name] ?? 'none'),
    );
    const query = new URLSearchParams(parts.query).toString();
    const token = 'token' in parts ? parts.token : OWNER.tokens[0];
    const text = parts.text ?? (parts.body === undefined ? undefined : JSON.stringify(parts.body));
    const headers = {
      ...(text !== undefined && {
        'content-type': 'application/json',
        // Said always, since Node sends a body with GET and DELETE without it, as if it were another request.
        'content-length': String(Buffer.byteLength(text)),
      }),
      ...(token !== undefined && { 'x-auth-token': token }),
      ...parts.headers,
    };
    const url = running.endpoint + path + (query === '' ? '' : `?${query}`);
    return send(url, parts.method ?? operation.method, headers, text);
  };

  const world: World = {
    running,
    ids,
    pair,
    functionUrn: FUNCTION_URN,
    next: () => (count += 1),
    ask,
    sampleOf: async (named) => {
      const id = typeof named === 'string' ? named : named.id;
      return (await samples[id]?.(world)) ?? {};
    },
    succeed: async (operation, fields, parts) => {
      const sample = await world.sampleOf(operation);
      const body = fields === undefined ? sample.body : { ...(sample.body as Json), ...fields };
      const answer = await ask(operation, { ...sample, ...(body !== undefined && { body }), ...parts });
      if (answer.status >= 300) throw new Error(`${operation}: ${answer.status} ${answer.text}`);
      return answer.body;
    },
    make: async (operation, fields, parts) => {
      const body = await world.succeed(operation, fields, parts);
      const key = PARTS.find(([name]) => name === operation)?.[2] ?? 'id';
      return String(body[key]);
    },
    revision: async () => Number((await ask('listRevisions', { query: { limit: '1' } })).body['total']),
    dispose: async () => {
      await running.dispose();
      await functions.close();
    },
  };
  for (const [operation, name] of PARTS) ids[name] = await world.make(operation);
  await makeTies(world);
  return world;
}

/** Ties the objects of the world to each other. */
async function makeTies(world: World): Promise<void> {
  const { ids, ask } = world;
  const first = (body: Json, list: string) => (body[list] as readonly Json[])[0] ?? {};
  const tie = async (operation: string, list: string, key: string) =>
    String(first(await world.succeed(operation), list)[key]);
  ids['throttle_binding_id'] = await tie('createThrottleBinding', 'throttle_applys', 'id');
  ids['acl_binding_id'] = await tie('createAclBinding', 'acl_bindings', 'id');
  ids['sign_binding_id'] = await tie('createSignatureBinding', 'bindings', 'id');
  ids['app_auth_id'] = await tie('createAppAuthorization', 'auths', 'id');
  ids['plugin_attach_id'] = await tie('createPluginAttachment', 'attached_plugins', 'plugin_attach_id');
  await world.succeed('createAppQuotaBinding');
  await world.succeed('setAppAcl');
  await world.succeed('setDomainCertificateIdAndVerifyClientCertificate');
  ids['bound_app_id'] = ids['app_id'] ?? '';
  const versions = await ask('listApiPublications', {});
  ids['version_id'] = String(first(versions.body, 'api_versions')['version_id']);
  const members = await ask('listMembers', {});
  ids['member_id'] = String(first(members.body, 'members')['id']);
  const groups = await ask('listMemberGroups', {});
  ids['member_group_id'] = String(first(groups.body, 'member_groups')['id']);
  const changeset = await world.succeed('openChangeset');
  ids['id'] = String(changeset['id']);
  Object.assign(ids, { revision: '1', from: '1', to: '3' });
}

const FUNCTION_URN = 'urn:fss:eu-de:shop:function:default:check';

const ROOMY = [
  'INSTANCE_NUM_LIMIT',
  'API_NUM_LIMIT',
  'APP_NUM_LIMIT',
  'APIGROUP_NUM_LIMIT',
  'ENVIRONMENT_NUM_LIMIT',
  'VARIABLE_NUM_LIMIT',
  'SIGN_NUM_LIMIT',
  'THROTTLE_NUM_LIMIT',
  'APIGROUP_DOMAIN_NUM_LIMIT',
  'VPC_NUM_LIMIT',
  'VPC_INSTANCE_NUM_LIMIT',
  'ACL_NUM_LIMIT',
  'API_NUM_LIMIT_PER_GROUP',
  'AUTHORIZER_NUM_LIMIT',
  'APP_CODE_NUM_LIMIT',
  'RESPONSE_NUM_LIMIT',
];

/** A server that functions are called at. */
async function openFunctions(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json').end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
