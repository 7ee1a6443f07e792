import { descriptionOf, RELEASE_ENVIRONMENT_ID, type Json, type Kind } from '@apig/sdk/contract';
import type { Plan } from '../plan.ts';
import { keyOfObject, stableId, type Configured, type ConfiguredObject } from './configuration.ts';
import { completed } from './outside.ts';
import { PROJECT, PROJECT_ID } from './project.ts';
import { publish, type PublishedApi } from './publications.ts';
import { createFinder, resolveReferences } from './references.ts';
import { resourcesOf, type Resource, type Side } from './resources.ts';
import { settleWithStandIns, standInText } from './stand-ins.ts';
import { tiesOf } from './ties.ts';

/** What a plan finds configured, and what it leaves configured. */
export interface Replayed {
  readonly before: Configured;
  readonly after: Configured;
}

/** Works out the configurations on both sides of a plan, as a runtime would have them. Nothing is sent anywhere. */
export function replay(plan: Plan): Replayed {
  const [before, after] = [settled(plan, 'before'), settled(plan, 'after')];
  return {
    before: configure(before, after),
    after: configure(after, before),
  };
}

/**
 * The planned objects in the place of those that they come from, among everything else that is configured: so what other
 * stacks have on the same gateway takes part.
 */
export function overlay(present: Configured, plan: Plan): Replayed {
  const { before, after } = replay(plan);
  const isDeclared = (side: Configured) => (object: ConfiguredObject) => side.urns.has(keyOfObject(object));
  const [old, planned] = [before.objects.filter(isDeclared(before)), after.objects.filter(isDeclared(after))];
  const gone = new Set([...old, ...planned].flatMap(placesOf));
  const kept = present.objects.filter((object) => !placesOf(object).some((place) => gone.has(place)));
  const whole = completed([...kept, ...planned]);
  return {
    before: present,
    after: {
      objects: whole.objects,
      urns: after.urns,
      notes: [...new Set([...present.notes, ...after.notes, ...whole.notes])],
    },
  };
}

/** What an object is known by: its ID, and for what has other IDs in a plan, what it ties together or is called. */
function placesOf(object: ConfiguredObject): readonly string[] {
  const { kind, body } = object;
  const isNamed = kind === 'environment' || kind === 'apiGroup';
  const isTie = body['environmentId'] !== undefined || kind === 'appQuotaBinding';
  const isSingle = kind === 'gatewayFeature' || kind === 'appAcl';
  const isDefault = kind === 'gatewayResponse' && body['isDefault'] === true;
  const fields = ['gatewayId', 'groupId', 'apiId', 'environmentId', 'appId', 'aclId', 'pluginId', 'name'];
  return [
    keyOfObject(object),
    ...(isNamed || isTie || isSingle || isDefault
      ? [JSON.stringify([kind, ...fields.map((field) => body[field])])]
      : []),
  ];
}

/** The resources of a side with all that is known of them, and what is not. */
interface Settled {
  readonly resources: readonly (Resource & { readonly settled: Json })[];
  readonly notes: readonly string[];
}

function settled(plan: Plan, side: Side): Settled {
  const resources = resourcesOf(plan, side);
  const resolved = new Map<string, Json>();
  const valuesOf = (resource: Resource): Json => {
    const known = resolved.get(resource.urn);
    if (known !== undefined) return known;
    // Programs have no circles: what a resource is made from comes before it.
    resolved.set(resource.urn, resource.values);
    const values = resolveReferences(resource, find);
    resolved.set(resource.urn, values);
    return values;
  };
  const find = createFinder(resources, valuesOf);
  const notes: string[] = [];
  const complete = resources.flatMap((resource) => {
    const { digest, ...values } = valuesOf(resource);
    const seed = { object: resource.urn, era: resource.era };
    const found = settleWithStandIns(descriptionOf(resource.kind), shown(resource, values), seed);
    const title = `${descriptionOf(resource.kind).title} ${resource.name}`;
    if ('fault' in found) {
      notes.push(`The ${title} is left out of the comparison of behaviour: ${found.fault}.`);
      return [];
    }
    const unknown = found.unknown.filter((path) => !/(?:Id|Ids|Digest)\b/.test(path));
    if (unknown.length > 0)
      notes.push(`What the ${title} has for ${unknown.join(', ')} is not known before the update.`);
    return [{ ...resource, settled: { ...found.value, ...(typeof digest === 'string' && { digest }) } }];
  });
  return { resources: complete, notes };
}

/** A hidden configuration of a feature says nothing: its default is nearer than anything made up. */
function shown({ kind }: Resource, values: Json): Json {
  if (kind !== 'gatewayFeature') return values;
  const { config, ...rest } = values;
  return typeof config === 'string' && config.startsWith('[secret') ? rest : values;
}

function configure({ resources, notes }: Settled, other: Settled): Configured {
  const objects = new Map<string, ConfiguredObject>();
  const urns = new Map<string, string>();
  const said: string[] = [...notes];
  const put = (object: ConfiguredObject, urn?: string) => {
    const key = keyOfObject(object);
    objects.set(key, object);
    if (urn !== undefined) urns.set(key, urn);
  };
  for (const resource of resources) {
    const object = objectOf(resource);
    if (object !== undefined) put(object, resource.urn);
  }
  const apis = publishedApis(resources);
  const variables = resources.filter(({ kind }) => kind === 'environmentVariable');
  for (const resource of resources.filter(({ kind }) => kind === 'deployment')) {
    const published = publish(resource, {
      apis,
      formerApis: publishedApis(other.resources),
      variables: variables.map((each) => each.settled),
    });
    for (const object of published.objects) put(object, resource.urn);
    if (published.note !== undefined) said.push(published.note);
  }
  for (const { object, urn } of tiesOf(resources, (kind, id) => objects.get(`${kind}/${id}`)))
    put(object, urn);
  const whole = completed([...objects.values()]);
  return { objects: whole.objects, urns, notes: [...new Set([...said, ...whole.notes])] };
}

function publishedApis(resources: Settled['resources']): ReadonlyMap<string, PublishedApi> {
  return new Map(
    resources
      .filter(({ kind }) => kind === 'api')
      .map(({ id, settled: { digest, ...definition } }) => [
        id,
        { definition, digest: typeof digest === 'string' ? digest : undefined },
      ]),
  );
}

/** Kinds that are stored as ties, or as what is published. */
const OTHERWISE: ReadonlySet<Kind> = new Set([
  ...(['deployment', 'throttleBinding', 'aclBinding', 'signatureBinding'] as const),
  ...(['appAuthorization', 'pluginAttachment', 'appQuotaBinding'] as const),
]);

function objectOf({
  kind,
  id,
  settled: given,
  urn,
  era,
}: Settled['resources'][number]): ConfiguredObject | undefined {
  if (OTHERWISE.has(kind)) return undefined;
  const { digest: _, ...body } = given;
  const chosen: Chosen = (field, length) =>
    body[field] === undefined ? { [field]: standInText(`${urn} ${era} ${field}`, length) } : {};
  return { kind, id: ownId(kind, id, body), body: { ...body, ...(MORE[kind]?.(body, chosen, id) ?? {}) } };
}

type Chosen = (field: string, length: number) => Json;

/** What the service adds to what a program says. */
const MORE: Partial<Record<Kind, (body: Json, chosen: Chosen, id: string) => Json>> = {
  gateway: () => PROJECT,
  certificate: () => ({ projectId: PROJECT_ID }),
  apiGroup: () => ({ isDefault: false }),
  gatewayResponse: () => ({ isDefault: false }),
  app: (_, chosen) => ({ ...chosen('appKey', 32), ...chosen('appSecret', 32) }),
  appCode: (_, chosen) => chosen('code', 64),
  signatureKey: (_, chosen) => ({ ...chosen('key', 32), ...chosen('secret', 32) }),
  domain: ({ certificateId, verifyClientCertificate = false }) =>
    certificateId === undefined ? {} : { verifyClientCertificate },
  loadBalanceChannel: (body, _, id) => withParts(id, body),
};

function ownId(kind: Kind, id: string, body: Json): string {
  if (kind === 'environment' && body['name'] === 'RELEASE') return RELEASE_ENVIRONMENT_ID;
  if (kind === 'gatewayFeature') return stableId(kind, String(body['gatewayId']), String(body['name']));
  return kind === 'appAcl' ? stableId(kind, String(body['appId'])) : id;
}

/** Members and their groups have IDs and times of their own. */
function withParts(id: string, body: Json): Json {
  const time = '2000-01-01T00:00:00.000Z';
  const parts = (name: string, more: Json) =>
    (Array.isArray(body[name]) ? (body[name] as readonly Json[]) : []).map((part, index) => ({
      ...part,
      ...more,
      id: stableId(id, name, String(index)),
      createTime: time,
    }));
  return {
    ...body,
    members: parts('members', {}),
    memberGroups: parts('memberGroups', { updateTime: time }),
  };
}
