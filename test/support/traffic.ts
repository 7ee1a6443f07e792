import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import {
  descriptionOf,
  RELEASE_ENVIRONMENT_ID,
  settle,
  type InputOf,
  type Kind,
  type Resources,
} from '@apig/sdk/contract';
import { sign } from '@apig/sdk/signer';
import {
  startDataPlane,
  type DataPlane,
  type DataPlaneOptions,
} from '../../gateway-runtime/src/data/data-plane.ts';
import { FunctionRegistry, type FunctionTargets } from '../../gateway-runtime/src/function-registry.ts';
import type { Account, Identities } from '../../gateway-runtime/src/identity.ts';
import { createLog } from '../../gateway-runtime/src/observe/log.ts';
import {
  Configuration,
  keyOf,
  type Bodies,
  type Change,
  type Stored,
  type StoredKind,
} from '../../gateway-runtime/src/store/configuration.ts';
import type { BoundAddress } from '../../gateway-runtime/src/data/listener.ts';
import { createTestClock, type TestClock } from './clock.ts';

/** The fields of an API that a test is about; the others are filled in. */
export type ApiInput = Partial<Omit<InputOf<Resources['api']>, 'gatewayId'>>;

type PluginType = InputOf<Resources['plugin']>['type'];

/** The fields of a channel that a test is about. Members are told apart by host and port. */
export type ChannelInput = Partial<Omit<InputOf<Resources['loadBalanceChannel']>, 'gatewayId'>>;

/** A published API. */
export interface Published {
  readonly apiId: string;
  readonly environmentId: string;
  readonly publicationId: string;
}

/** An object to be stored. */
export type Made<K extends StoredKind = StoredKind> = {
  [Each in K]: { readonly kind: Each; readonly id: string; readonly body: Bodies[Each] };
}[K];

/** A call as a test makes it. */
export interface TestCall {
  readonly path: string;
  readonly method?: string;
  /** The bound domain of the group, unless given. */
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
  /** Over HTTPS. */
  readonly secure?: boolean;
  /** Signs the call as that app or account. */
  readonly signedBy?: { readonly accessKey: string; readonly secret: string };
  /** Signs in the layout with a scope. */
  readonly scope?: { readonly region: string; readonly service: string };
  /** Leaves the body out of the signature. */
  readonly unsignedPayload?: boolean;
}

/** An answer of the gateway. */
export interface TestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly rawHeaders: readonly string[];
  readonly text: string;
  /** Code of a gateway's own answer. */
  readonly code: string | undefined;
  /** Text of a gateway's own answer. */
  readonly message: string | undefined;
}

/** A data plane over a configuration that a test writes by hand. */
export interface Traffic {
  readonly dataPlane: DataPlane;
  /** Where plain calls are taken, for raw connections. */
  readonly http: BoundAddress;
  /** Where encrypted calls are taken. */
  readonly https: BoundAddress;
  readonly configuration: Configuration;
  readonly clock: TestClock;
  readonly gatewayId: string;
  readonly groupId: string;
  /** Domain bound to the group. */
  readonly domain: string;
  /** Lines that were logged. */
  readonly logLines: readonly string[];
  /** Stores an object; it is in force at once. */
  put<K extends StoredKind>(kind: K, id: string, body: Bodies[K]): void;
  /** Body of a stored object. */
  body<K extends StoredKind>(kind: K, key: string): Bodies[K];
  /** Removes an object. */
  remove(kind: StoredKind, key: string): void;
  /** Publishes an API, `GET /` with a mock answer unless said otherwise, in an environment, RELEASE unless given. */
  publish(input?: ApiInput, environmentId?: string): Published;
  /** Publishes a changed definition of an API that is published already. */
  publishAgain(published: Published, input: ApiInput): void;
  /** The definition of an API with its defaults. */
  define(input: ApiInput): Bodies['api'];
  /** The objects that make a definition a published API. */
  publication(published: Published, definition: Bodies['api']): readonly Made[];
  createApp(name?: string): { readonly id: string; readonly accessKey: string; readonly secret: string };
  authorize(appId: string, published: Published): void;
  createThrottle(input: Omit<InputOf<Resources['throttle']>, 'gatewayId' | 'name'>): string;
  createAcl(input: Omit<InputOf<Resources['acl']>, 'gatewayId' | 'name'>): string;
  /** Ties a policy to an API; returns the id of the tie. */
  bind(
    kind: 'throttleBinding' | 'aclBinding' | 'signatureBinding',
    ownerId: string,
    published: Published,
  ): string;
  call(call: TestCall | string): Promise<TestAnswer>;
  /** Stores a plug-in and attaches it to an API. Returns its ID. */
  attach(type: PluginType, content: object, published: Published, id?: string): string;
  /** Stores a channel with the given members, or another version of one. Returns its ID. */
  putChannel(input: ChannelInput, id?: string): string;
  dispose(): Promise<void>;
}

/** How a data plane under test differs from the usual one. */
export interface OpenTrafficOptions {
  readonly clock?: TestClock;
  readonly https?: boolean;
  /** Lowest TLS version of that listener. */
  readonly minTlsVersion?: 'TLSv1.1' | 'TLSv1.2';
  readonly backendTls?: NonNullable<DataPlaneOptions['backendTls']>;
  readonly connections?: NonNullable<DataPlaneOptions['connections']>;
  readonly timeouts?: NonNullable<DataPlaneOptions['timeouts']>;
  readonly timers?: NonNullable<DataPlaneOptions['timers']>;
  readonly functions?: FunctionTargets;
  /** Address to listen on. */
  readonly listen?: string;
  /** Port for plain calls; any free one unless given. */
  readonly port?: number;
  readonly logLevel?: 'silent' | 'info';
}

/** The account that has the gateway, with a key pair. */
export const ALICE: Account & { readonly accessKey: string; readonly secret: string } = {
  domainId: 'a'.repeat(32),
  domainName: 'alice',
  projectId: '1'.repeat(32),
  userName: 'alice',
  accessKey: 'ALICEKEY',
  secret: 'secret-of-alice',
};

/** Another account. */
export const BOB: typeof ALICE = {
  domainId: 'b'.repeat(32),
  domainName: 'bob',
  projectId: '2'.repeat(32),
  userName: 'bob',
  accessKey: 'BOBKEY',
  secret: 'secret-of-bob',
};

/** Tokens of the two. */
export const TOKENS = { alice: 'token-of-alice', bob: 'token-of-bob' } as const;

const IDENTITIES: Identities = {
  byAccessKey: (accessKey) => {
    const account = [ALICE, BOB].find((each) => each.accessKey === accessKey);
    return account && { accessKey, secretKey: account.secret, account };
  },
  byToken: (token) => (token === TOKENS.alice ? ALICE : token === TOKENS.bob ? BOB : undefined),
};

/** A new id in the form of the service. */
export function createId(): string {
  return randomBytes(16).toString('hex');
}

/** Fills in the defaults of an object. Faulty input is the test's fault. */
export function settled<K extends Kind>(
  kind: K,
  input: Readonly<Record<string, unknown>>,
): Bodies[K & StoredKind] {
  const settlement = settle(descriptionOf(kind), input);
  if (settlement.value === undefined) throw new Error(`${kind}: ${JSON.stringify(settlement.faults)}`);
  return settlement.value as Bodies[K & StoredKind];
}

/** Starts a data plane on free ports of 127.0.0.1 with one gateway, one group and the environment RELEASE. */
export async function openTraffic(options: OpenTrafficOptions = {}): Promise<Traffic> {
  const clock = options.clock ?? createTestClock();
  const configuration = new Configuration();
  const gatewayId = createId();
  const groupId = createId();
  const domain = 'api.example.com';
  const logLines: string[] = [];
  const running: { dataPlane?: DataPlane } = {};
  let revision = 0;

  function apply(changes: readonly Change[]): void {
    configuration.apply(changes, (revision += 1));
    running.dataPlane?.refresh(configuration, changes);
  }
  function put<K extends StoredKind>(kind: K, id: string, body: Bodies[K]): void {
    const time = new Date(clock.now()).toISOString();
    const object: Stored<K> = { kind, id, body, createdAt: time, updatedAt: time };
    // One function for all kinds: the pairing of kind and body is the caller's, checked by the types of `put`.
    const after = object as unknown as Stored;
    const key = keyOf(after);
    const before = configuration.get(kind, key);
    apply([{ kind, key, ...(before !== undefined && { before }), after }]);
  }
  function remove(kind: StoredKind, key: string): void {
    const before = configuration.get(kind, key);
    if (before !== undefined) apply([{ kind, key, before }]);
  }

  put('gateway', gatewayId, {
    ...settled('gateway', {
      name: 'gateway_1',
      edition: 'BASIC',
      vpcId: 'vpc',
      subnetId: 'subnet',
      securityGroupId: 'group',
      availableZoneIds: ['zone'],
    }),
    projectId: ALICE.projectId,
    userName: ALICE.userName,
  });
  put('environment', RELEASE_ENVIRONMENT_ID, { gatewayId, name: 'RELEASE' });
  put('apiGroup', groupId, { gatewayId, name: 'group_1', debugDomainEnabled: true, isDefault: false });
  put('domain', createId(), settled('domain', { gatewayId, groupId, name: domain }));

  const host = options.listen ?? '127.0.0.1';
  const functions = await FunctionRegistry.open(options.functions ?? {});
  const dataPlane = await startDataPlane({
    configuration,
    listen: {
      http: { host, port: options.port ?? 0 },
      ...(options.https === true && { https: { host, port: 0 } }),
    },
    clock,
    identities: IDENTITIES,
    owner: ALICE,
    ...(options.minTlsVersion !== undefined && { minTlsVersion: options.minTlsVersion }),
    ...(options.backendTls !== undefined && { backendTls: options.backendTls }),
    ...(options.connections !== undefined && { connections: options.connections }),
    ...(options.timeouts !== undefined && { timeouts: options.timeouts }),
    ...(options.timers !== undefined && { timers: options.timers }),
    functions,
    log: createLog(options.logLevel ?? 'silent', { write: (line) => void logLines.push(line) }),
  });
  running.dataPlane = dataPlane;

  function definitionOf(input: ApiInput): Bodies['api'] {
    const hasBackend = input.httpBackend ?? input.mockBackend ?? input.functionBackend;
    return settled('api', {
      gatewayId,
      groupId,
      name: `api_${createId()}`,
      path: '/',
      method: 'GET',
      protocol: 'BOTH',
      authentication: 'NONE',
      ...(hasBackend === undefined && { mockBackend: { result: '{"from":"mock"}' } }),
      ...input,
    });
  }
  function publication(published: Published, definition: Bodies['api']): readonly Made[] {
    const { apiId, environmentId, publicationId } = published;
    const versionId = createId();
    const publishTime = new Date(clock.now()).toISOString();
    const tie = { gatewayId, apiId, environmentId };
    const version = { ...tie, versionNo: '20260101000000', publishTime, remark: '', definition };
    return [
      { kind: 'api', id: apiId, body: definition },
      { kind: 'apiVersion', id: versionId, body: version },
      { kind: 'publication', id: publicationId, body: { ...tie, versionId, publishTime } },
    ];
  }
  function publishVersion(published: Published, input: ApiInput): void {
    for (const { kind, id, body } of publication(published, definitionOf(input))) put(kind, id, body);
  }

  return {
    dataPlane,
    get http() {
      return given(dataPlane.http);
    },
    get https() {
      return given(dataPlane.https);
    },
    body: (kind, key) => given(configuration.get(kind, key)).body,
    configuration,
    clock,
    gatewayId,
    groupId,
    domain,
    logLines,
    put,
    remove,
    publish: (input = {}, environmentId = RELEASE_ENVIRONMENT_ID) => {
      const published = { apiId: createId(), environmentId, publicationId: createId() };
      publishVersion(published, input);
      return published;
    },
    publishAgain: publishVersion,
    define: definitionOf,
    publication,
    createApp: (name = `app_${createId()}`) => {
      const app = { id: createId(), accessKey: createId(), secret: createId() };
      put('app', app.id, { gatewayId, name, appKey: app.accessKey, appSecret: app.secret });
      return app;
    },
    authorize: (appId, { apiId, environmentId }) =>
      put('appAuthorization', createId(), { gatewayId, apiId, environmentId, appId }),
    createThrottle: (input) => {
      const id = createId();
      put('throttle', id, settled('throttle', { gatewayId, name: `throttle_${id}`, ...input }));
      return id;
    },
    createAcl: (input) => {
      const id = createId();
      put('acl', id, settled('acl', { gatewayId, name: `acl_${id}`, ...input }));
      return id;
    },
    attach: (type, content, { apiId, environmentId }, id = createId()) => {
      const body = { gatewayId, name: `plugin_${id}`, type, content: JSON.stringify(content) };
      put('plugin', id, settled('plugin', body));
      put('pluginAttachment', createId(), { gatewayId, apiId, environmentId, pluginId: id });
      return id;
    },
    putChannel: (input, id = createId()) => {
      const now = new Date(clock.now()).toISOString();
      const channel = settled('loadBalanceChannel', { gatewayId, name: `channel_${id}`, port: 80, ...input });
      put('loadBalanceChannel', id, {
        ...channel,
        members: channel.members.map((member) => ({
          ...member,
          id: `${member.host ?? ''}:${member.port}`,
          createTime: now,
        })),
        memberGroups: channel.memberGroups.map((group) => ({
          ...group,
          id: group.name,
          createTime: now,
          updateTime: now,
        })),
      });
      return id;
    },
    bind: (kind, ownerId, { apiId, environmentId }) => {
      const id = createId();
      const tie = { gatewayId, apiId, environmentId };
      if (kind === 'throttleBinding') put(kind, id, { ...tie, throttleId: ownerId });
      else if (kind === 'aclBinding') put(kind, id, { ...tie, aclId: ownerId });
      else put(kind, id, { ...tie, signatureKeyId: ownerId });
      return id;
    },
    call: (call) => send(dataPlane, domain, clock, typeof call === 'string' ? { path: call } : call),
    dispose: async () => {
      await dataPlane.drain(0);
      functions.close();
    },
  };
}

/** What a test counts on being there. */
function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the test counts on something that is not there');
  return value;
}

function send(dataPlane: DataPlane, domain: string, clock: TestClock, call: TestCall): Promise<TestAnswer> {
  const { path, method = 'GET', host = domain, body, secure = false, signedBy } = call;
  const address = given(secure ? dataPlane.https : dataPlane.http);
  const headers: Record<string, string | readonly string[]> = { host, ...call.headers };
  if (signedBy !== undefined) {
    Object.assign(
      headers,
      sign({
        method,
        target: path,
        headers,
        body,
        ...signedBy,
        date: new Date(clock.now()),
        scope: call.scope,
        unsignedPayload: call.unsignedPayload,
      }),
    );
  }
  return new Promise((resolve, reject) => {
    const request = (secure ? httpsRequest : httpRequest)(
      {
        host: address.host,
        port: address.port,
        method,
        path,
        headers: headers as Record<string, string | string[]>,
        agent: false,
        ...(secure && { ca: dataPlane.certificate, servername: 'localhost' }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const own = text.startsWith('{"error_code"')
            ? (JSON.parse(text) as { readonly error_code: string; readonly error_msg: string })
            : undefined;
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            rawHeaders: response.rawHeaders,
            text,
            code: own?.error_code,
            message: own?.error_msg,
          });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
