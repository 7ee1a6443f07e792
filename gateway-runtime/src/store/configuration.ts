import type { Resources, SettledOf } from '@apig/sdk/contract';

/** An API as it was when it was published, for one environment. */
export interface ApiVersion {
  readonly gatewayId: string;
  readonly apiId: string;
  readonly environmentId: string;
  /** Time of publication, `YYYYMMDDhhmmss` in UTC. */
  readonly versionNo: string;
  readonly publishTime: string;
  readonly remark: string;
  readonly definition: SettledOf<Resources['api']>;
  /** Values of the environment variables that the definition names; left out when it names none. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** The pair of an API and an environment; it stays when the API goes offline there, and with it all that is bound to it. */
export interface Publication {
  readonly gatewayId: string;
  readonly apiId: string;
  readonly environmentId: string;
  /** Version in force; undefined while offline. */
  readonly versionId?: string;
  readonly publishTime: string;
}

/** What one API has in one environment: a policy, a key, a caller. */
export interface Tie {
  readonly gatewayId: string;
  readonly apiId: string;
  readonly environmentId: string;
}

/** One server of a load balance channel. */
export type ChannelMember = SettledOf<Resources['loadBalanceChannel']>['members'][number] & {
  readonly id: string;
  /** RFC 3339 in UTC, with milliseconds. */
  readonly createTime: string;
};

/** Members of a load balance channel that share a name and a weight. */
export type ChannelMemberGroup = SettledOf<Resources['loadBalanceChannel']>['memberGroups'][number] & {
  readonly id: string;
  /** RFC 3339 in UTC, with milliseconds, as the next one. */
  readonly createTime: string;
  readonly updateTime: string;
};

/** Kind of stored object to its body. Values are in the typed form of the descriptions. */
export interface Bodies {
  /** With the project that owns it and the user who created it. */
  gateway: SettledOf<Resources['gateway']> & { readonly projectId: string; readonly userName: string };
  environment: SettledOf<Resources['environment']>;
  environmentVariable: SettledOf<Resources['environmentVariable']>;
  apiGroup: SettledOf<Resources['apiGroup']> & { readonly isDefault: boolean };
  domain: SettledOf<Resources['domain']>;
  /** With the project that owns it. */
  certificate: SettledOf<Resources['certificate']> & { readonly projectId: string };
  /** With whether it is the group's default one. */
  gatewayResponse: SettledOf<Resources['gatewayResponse']> & { readonly isDefault: boolean };
  api: SettledOf<Resources['api']>;
  apiVersion: ApiVersion;
  publication: Publication;
  throttle: SettledOf<Resources['throttle']>;
  throttleException: SettledOf<Resources['throttleException']>;
  throttleBinding: Tie & { readonly throttleId: string };
  acl: SettledOf<Resources['acl']>;
  aclBinding: Tie & { readonly aclId: string };
  signatureKey: SettledOf<Resources['signatureKey']> & { readonly key: string; readonly secret: string };
  signatureBinding: Tie & { readonly signatureKeyId: string };
  app: SettledOf<Resources['app']> & { readonly appKey: string; readonly appSecret: string };
  appCode: SettledOf<Resources['appCode']> & { readonly code: string };
  appAuthorization: Tie & { readonly appId: string };
  authorizer: SettledOf<Resources['authorizer']>;
  gatewayFeature: SettledOf<Resources['gatewayFeature']>;
  appAcl: SettledOf<Resources['appAcl']>;
  appQuota: SettledOf<Resources['appQuota']>;
  /** One app's quota. */
  appQuotaBinding: { readonly gatewayId: string; readonly appQuotaId: string; readonly appId: string };
  /** Who may ask for an endpoint of the gateway's endpoint service. */
  endpointPermission: { readonly gatewayId: string; readonly permission: string };
  plugin: SettledOf<Resources['plugin']>;
  pluginAttachment: Tie & { readonly pluginId: string };
  loadBalanceChannel: Omit<SettledOf<Resources['loadBalanceChannel']>, 'members' | 'memberGroups'> & {
    readonly members: readonly ChannelMember[];
    readonly memberGroups: readonly ChannelMemberGroup[];
  };
}

/** Kind of a stored object. */
export type StoredKind = keyof Bodies;

/** One object of the configuration. Immutable: a change stores another one. */
export interface Stored<K extends StoredKind = StoredKind> {
  readonly kind: K;
  /** Unique among all kinds, but for the built-in environment, which has the same ID in every gateway. */
  readonly id: string;
  readonly body: Bodies[K];
  /** RFC 3339 in UTC, with milliseconds. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** One step from a configuration to the next. Neither side: nothing happened. */
export interface Change<K extends StoredKind = StoredKind> {
  readonly kind: K;
  /** Key of the object: see `keyOf`. */
  readonly key: string;
  readonly before?: Stored<K>;
  readonly after?: Stored<K>;
}

/**
 * Fields by which objects of a kind are found other than by key: those that hold IDs of other objects, and names that
 * are looked up on the request path or for uniqueness.
 */
const INDEXED: { readonly [K in StoredKind]: readonly (keyof Bodies[K] & string)[] } = {
  gateway: ['name'],
  environment: ['gatewayId', 'name'],
  environmentVariable: ['gatewayId', 'groupId'],
  apiGroup: ['gatewayId', 'name'],
  domain: ['gatewayId', 'groupId', 'name', 'certificateId'],
  certificate: ['projectId', 'gatewayId', 'name'],
  gatewayResponse: ['gatewayId', 'groupId'],
  api: ['gatewayId', 'groupId', 'name'],
  apiVersion: ['gatewayId', 'apiId'],
  publication: ['gatewayId', 'apiId', 'environmentId'],
  throttle: ['gatewayId', 'name'],
  throttleException: ['gatewayId', 'throttleId'],
  throttleBinding: ['gatewayId', 'throttleId', 'apiId'],
  acl: ['gatewayId', 'name'],
  aclBinding: ['gatewayId', 'aclId', 'apiId'],
  signatureKey: ['gatewayId', 'name'],
  signatureBinding: ['gatewayId', 'signatureKeyId', 'apiId'],
  app: ['gatewayId', 'name', 'appKey'],
  appCode: ['gatewayId', 'appId', 'code'],
  appAuthorization: ['gatewayId', 'appId', 'apiId', 'environmentId'],
  gatewayFeature: ['gatewayId'],
  appAcl: ['gatewayId', 'appId'],
  appQuota: ['gatewayId', 'name'],
  appQuotaBinding: ['gatewayId', 'appQuotaId', 'appId'],
  loadBalanceChannel: ['gatewayId', 'name'],
  authorizer: ['gatewayId', 'name'],
  endpointPermission: ['gatewayId'],
  plugin: ['gatewayId', 'name'],
  pluginAttachment: ['gatewayId', 'pluginId', 'apiId'],
};

/** All kinds of stored objects. */
export const STORED_KINDS = Object.keys(INDEXED) as readonly StoredKind[];

/** What can be read from a configuration, committed or being changed. */
export interface ConfigurationReader {
  get<K extends StoredKind>(kind: K, key: string): Stored<K> | undefined;
  /** All objects of a kind, in the order in which they were created. */
  all<K extends StoredKind>(kind: K): readonly Stored<K>[];
  /** Objects of a kind with the given value in an indexed field, in the order in which they were created. */
  by<K extends StoredKind>(kind: K, field: keyof Bodies[K] & string, value: string): readonly Stored<K>[];
  /** How many `by` would find, without looking at them. */
  count<K extends StoredKind>(kind: K, field: keyof Bodies[K] & string, value: string): number;
}

/** Whether objects of a kind are found by a field: see `ConfigurationReader.by`. */
export function isIndexed<K extends StoredKind>(kind: K, field: string): field is keyof Bodies[K] & string {
  return (INDEXED[kind] as readonly string[]).includes(field);
}

/** Key of an object: its ID, with the gateway's in front for environments, as every gateway has the same `RELEASE`. */
export function keyOf(object: Stored): string {
  return object.kind === 'environment'
    ? environmentKey((object as Stored<'environment'>).body.gatewayId, object.id)
    : object.id;
}

/** Key of an environment. */
export function environmentKey(gatewayId: string, environmentId: string): string {
  return `${gatewayId}/${environmentId}`;
}

/** Value to the keys of the objects that have it. */
type Index = Map<string, Set<string>>;

interface Table {
  readonly objects: Map<string, Stored>;
  /** By field. */
  readonly indexes: ReadonlyMap<string, Index>;
}

/** Every configured object, in memory. Changed by `apply` only, once the change is durable. */
export class Configuration implements ConfigurationReader {
  readonly #tables: ReadonlyMap<StoredKind, Table>;
  /** Keys of an index to their objects: lists are read far more often than written. */
  readonly #lists = new WeakMap<ReadonlySet<string>, readonly Stored[]>();
  #revision = 0;

  constructor(objects: Iterable<Stored> = [], revision = 0) {
    this.#tables = new Map(
      STORED_KINDS.map((kind) => [
        kind,
        { objects: new Map(), indexes: new Map(INDEXED[kind].map((field: string) => [field, new Map()])) },
      ]),
    );
    for (const object of objects) this.#put(object);
    this.#revision = revision;
  }

  /** Number of the newest change that is in it; 0 for none. */
  get revision(): number {
    return this.#revision;
  }

  get<K extends StoredKind>(kind: K, key: string): Stored<K> | undefined {
    return this.#table(kind).objects.get(key) as Stored<K> | undefined;
  }

  all<K extends StoredKind>(kind: K): readonly Stored<K>[] {
    return [...this.#table(kind).objects.values()] as Stored<K>[];
  }

  by<K extends StoredKind>(kind: K, field: keyof Bodies[K] & string, value: string): readonly Stored<K>[] {
    const keys = this.#keys(kind, field, value);
    if (keys === undefined) return [];
    const known = this.#lists.get(keys);
    if (known !== undefined) return known as readonly Stored<K>[];
    const { objects } = this.#table(kind);
    const list = [...keys].map((key) => objects.get(key) as Stored<K>);
    this.#lists.set(keys, list);
    return list;
  }

  count<K extends StoredKind>(kind: K, field: keyof Bodies[K] & string, value: string): number {
    return this.#keys(kind, field, value)?.size ?? 0;
  }

  /** Takes over changes that are durable as the given revision. */
  apply(changes: readonly Change[], revision: number): void {
    for (const { kind, key, after } of changes) {
      if (after) this.#put(after);
      else this.#remove(kind, key);
    }
    this.#revision = revision;
  }

  #keys(kind: StoredKind, field: string, value: string): ReadonlySet<string> | undefined {
    const index = this.#table(kind).indexes.get(field);
    if (!index) throw new Error(`${kind}.${field} is not indexed`);
    return index.get(value);
  }

  #put(object: Stored): void {
    const key = keyOf(object);
    const { objects, indexes } = this.#table(object.kind);
    const before = objects.get(key);
    objects.set(key, object);
    for (const [field, index] of indexes) {
      const [old, value] = [valueOf(before, field), valueOf(object, field)];
      if (old !== undefined && old !== value) this.#leave(index, old, key, before);
      if (value !== undefined) this.#enter(index, value, key, object, old === value ? before : undefined);
    }
  }

  #remove(kind: StoredKind, key: string): void {
    const { objects, indexes } = this.#table(kind);
    const before = objects.get(key);
    for (const [field, index] of indexes) {
      const value = valueOf(before, field);
      if (value !== undefined) this.#leave(index, value, key, before);
    }
    objects.delete(key);
  }

  /** A list that somebody has read is copied, and not made again object by object. */
  #enter(index: Index, value: string, key: string, object: Stored, before: Stored | undefined): void {
    const keys = index.get(value);
    if (keys === undefined) {
      index.set(value, new Set([key]));
      return;
    }
    keys.add(key);
    const list = this.#lists.get(keys);
    if (list === undefined) return;
    const place = before === undefined ? -1 : list.indexOf(before);
    this.#lists.set(keys, place === -1 ? [...list, object] : list.with(place, object));
  }

  #leave(index: Index, value: string, key: string, before: Stored | undefined): void {
    const keys = index.get(value);
    if (keys === undefined) return;
    keys.delete(key);
    if (keys.size === 0) index.delete(value);
    const list = this.#lists.get(keys);
    if (list !== undefined)
      this.#lists.set(
        keys,
        list.filter((object) => object !== before),
      );
  }

  #table(kind: StoredKind): Table {
    const table = this.#tables.get(kind);
    if (!table) throw new Error(`unknown kind ${kind}`);
    return table;
  }
}

/** The text in a field of an object; undefined when there is none. */
export function valueOf(object: Stored | undefined, field: string): string | undefined {
  const value = (object?.body as Readonly<Record<string, unknown>> | undefined)?.[field];
  return typeof value === 'string' ? value : undefined;
}
