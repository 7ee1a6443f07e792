import type { Json, Resources, SettledOf } from '@apig/sdk/contract';
import { stableId, type Configured, type ConfiguredObject } from './configuration.ts';

/** Definition of an API, with its defaults. */
export type Definition = SettledOf<Resources['api']>;

/** An API in force in an environment, with what decides about its calls. */
export interface Published {
  /** The same on both sides of a plan for what callers take for the same API. */
  readonly key: string;
  readonly api: string;
  readonly apiId: string;
  readonly environment: string;
  readonly environmentId: string;
  readonly gatewayId: string;
  readonly group: ConfiguredObject;
  readonly definition: Definition;
  /** Names that lead to the group; wildcards as they are. */
  readonly domains: readonly string[];
  readonly acls: readonly ConfiguredObject[];
  readonly apps: readonly ConfiguredObject[];
  readonly plugins: readonly ConfiguredObject[];
  /** Equal where nothing that decides about its calls differs, apart from other APIs. */
  readonly fingerprint: string;
}

/** Looks things up in a configuration. */
export interface View {
  readonly configured: Configured;
  readonly published: readonly Published[];
  get(kind: string, id: string): ConfiguredObject | undefined;
  by(kind: string, field: string, value: string): readonly ConfiguredObject[];
  all(kind: string): readonly ConfiguredObject[];
}

/** Indexes a configuration. */
export function createView(configured: Configured): View {
  const kinds = grouped(configured.objects, ({ kind }) => kind);
  const ids = new Map(configured.objects.map((object) => [`${object.kind}/${object.id}`, object]));
  const indexes = new Map<string, ReadonlyMap<string, readonly ConfiguredObject[]>>();
  const all = (kind: string) => kinds.get(kind) ?? [];
  const lookUp = {
    configured,
    all,
    get: (kind: string, id: string) => ids.get(`${kind}/${id}`),
    by: (kind: string, field: string, value: string) => {
      const name = `${kind}.${field}`;
      const index = indexes.get(name) ?? grouped(all(kind), ({ body }) => String(body[field]));
      indexes.set(name, index);
      return index.get(value) ?? [];
    },
  };
  const gatewayParts = new Map<string, string>();
  const published = all('publication').flatMap((publication) =>
    publishedOf(publication, lookUp, (gatewayId) => {
      const known =
        gatewayParts.get(gatewayId) ?? digest(lookUp.by('gatewayFeature', 'gatewayId', gatewayId));
      gatewayParts.set(gatewayId, known);
      return known;
    }),
  );
  return { ...lookUp, published };
}

/** What is tied to an API in an environment, by a kind of binding. */
export function tiedTo(
  view: Pick<View, 'by' | 'get'>,
  binding: string,
  kind: string,
  place: { readonly apiId: string; readonly environmentId: string },
): readonly ConfiguredObject[] {
  return view
    .by(binding, 'apiId', place.apiId)
    .filter(({ body }) => body['environmentId'] === place.environmentId)
    .flatMap(({ body }) => view.get(kind, String(body[`${kind}Id`])) ?? []);
}

function publishedOf(
  { body }: ConfiguredObject,
  view: Pick<View, 'by' | 'get'>,
  featuresOf: (gatewayId: string) => string,
): readonly Published[] {
  const version = view.get('apiVersion', String(body['versionId']));
  if (version === undefined) return [];
  const gatewayId = String(body['gatewayId']);
  const place = { apiId: String(body['apiId']), environmentId: String(body['environmentId']) };
  // Settled by the kind's own description, so it is what the kind stores.
  const definition = version.body['definition'] as Definition;
  const group = view.get('apiGroup', definition.groupId);
  const environment = view
    .by('environment', 'gatewayId', gatewayId)
    .find(({ id }) => id === place.environmentId);
  if (group === undefined || environment === undefined) return [];
  const environmentName = String(environment.body['name']);
  const tied = (binding: string, kind: string) => tiedTo(view, binding, kind, place);
  const [throttles, acls, keys] = [
    tied('throttleBinding', 'throttle'),
    tied('aclBinding', 'acl'),
    tied('signatureBinding', 'signatureKey'),
  ];
  const [apps, plugins] = [tied('appAuthorization', 'app'), tied('pluginAttachment', 'plugin')];
  const domains = view.by('domain', 'groupId', group.id);
  const parts: readonly ConfiguredObject[] = [
    ...[version, group, ...domains, ...throttles, ...acls, ...keys, ...apps, ...plugins],
    ...view.by('gatewayResponse', 'groupId', group.id),
    ...throttles.flatMap(({ id }) => view.by('throttleException', 'throttleId', id)),
    ...apps.flatMap((app) => ofApp(app, view)),
    ...named(definition, ['authorizerId', 'authorizer'], view),
    ...named(definition, ['channelId', 'loadBalanceChannel'], view),
    ...domains.flatMap(({ body: { certificateId } }) =>
      typeof certificateId === 'string' ? (view.get('certificate', certificateId) ?? []) : [],
    ),
  ];
  return [
    {
      key: JSON.stringify([gatewayId, group.body['name'], definition.name, environmentName]),
      api: definition.name,
      apiId: place.apiId,
      environment: environmentName,
      environmentId: place.environmentId,
      gatewayId,
      group,
      definition,
      domains: domains.map((domain) => String(domain.body['name'])),
      acls,
      apps,
      plugins,
      fingerprint: stableId(digest(parts), featuresOf(gatewayId), environmentName),
    },
  ];
}

function ofApp({ id }: ConfiguredObject, view: Pick<View, 'by' | 'get'>): readonly ConfiguredObject[] {
  const bindings = view.by('appQuotaBinding', 'appId', id);
  const quotas = bindings.flatMap(({ body }) => view.get('appQuota', String(body['appQuotaId'])) ?? []);
  return [...view.by('appCode', 'appId', id), ...view.by('appAcl', 'appId', id), ...quotas];
}

/** The objects that a definition names in a field, at any depth. */
function named(
  definition: unknown,
  [field, kind]: readonly [field: string, kind: string],
  view: Pick<View, 'get'>,
): readonly ConfiguredObject[] {
  if (typeof definition !== 'object' || definition === null) return [];
  return Object.entries(definition).flatMap(([name, value]: [string, unknown]) =>
    name === field && typeof value === 'string'
      ? (view.get(kind, value) ?? [])
      : named(value, [field, kind], view),
  );
}

function digest(objects: readonly ConfiguredObject[]): string {
  return stableId(...objects.map(({ kind, id, body }) => JSON.stringify([kind, id, sorted(body)])).sort());
}

function sorted(body: Json): unknown {
  return Object.entries(body).sort(([a], [b]) => (a < b ? -1 : 1));
}

function grouped(
  objects: readonly ConfiguredObject[],
  keyOf: (object: ConfiguredObject) => string,
): ReadonlyMap<string, readonly ConfiguredObject[]> {
  const groups = new Map<string, ConfiguredObject[]>();
  for (const object of objects) {
    const key = keyOf(object);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [object]);
    else group.push(object);
  }
  return groups;
}
