import {
  descriptionOf,
  referencesIn,
  RELEASE_ENVIRONMENT_ID,
  resources,
  settle,
  type Json,
  type Kind,
} from '@apig/sdk/contract';
import { keyOfObject, stableId, type ConfiguredObject } from './configuration.ts';
import { PROJECT } from './project.ts';
import { withValue } from './references.ts';
import { standInText } from './stand-ins.ts';

/** What a configuration needs beside what a plan has. */
interface Completion {
  readonly added: readonly ConfiguredObject[];
  readonly changed: readonly ConfiguredObject[];
  readonly removed: readonly ConfiguredObject[];
  readonly notes: readonly string[];
}

/** Fields whose names do not tell the kind. */
const NAMES: Readonly<Record<string, string>> = { groupId: 'apiGroup', versionId: 'apiVersion' };

/**
 * Gives objects that are not part of a plan a stand-in where one can be made, such as a gateway or an app of another stack.
 * What belongs to something of which nothing is known, such as a policy of another stack, is left out, and that is said.
 */
function completeOutside(given: readonly ConfiguredObject[]): Completion {
  const objects = new Map(given.map((object) => [keyOfObject(object), object]));
  const added = new Map<string, ConfiguredObject>();
  const changed = new Map<string, ConfiguredObject>();
  const removed = new Map<string, ConfiguredObject>();
  const notes: string[] = [];
  const put = (object: ConfiguredObject) => {
    objects.set(keyOfObject(object), object);
    added.set(keyOfObject(object), object);
  };
  for (const object of given) {
    for (const link of linksOf(object)) {
      const key = keyOf(link, object);
      if (objects.has(key) && !removed.has(key)) continue;
      const standIn = standInFor(link.kind, link.id, object);
      if (standIn !== undefined) {
        put(standIn);
        continue;
      }
      const title = titleOf(link.kind);
      const missing = `a ${title} that is not part of the plan, of which nothing is known`;
      const whole = objects.get(keyOfObject(object)) ?? object;
      if (link.isOptional) {
        const without = { ...whole, body: withValue(whole.body, link.path, undefined) as Json };
        objects.set(keyOfObject(object), without);
        changed.set(keyOfObject(object), without);
        notes.push(`${nameOf(whole)} is compared without ${missing}.`);
      } else {
        removed.set(keyOfObject(object), object);
        changed.delete(keyOfObject(object));
        notes.push(`${nameOf(whole)} is left out of the comparison: it belongs to ${missing}.`);
        break;
      }
    }
  }
  for (const gateway of [...objects.values()].filter(({ kind }) => kind === 'gateway')) {
    const hasGroup = hasDefault([...objects.values()], 'apiGroup', 'gatewayId', gateway.id);
    for (const object of contentsOf(gateway.id))
      if (!objects.has(keyOfObject(object)) && !(object.kind === 'apiGroup' && hasGroup)) put(object);
  }
  const all = [...objects.values()];
  for (const group of all.filter(({ kind }) => kind === 'apiGroup'))
    if (!hasDefault(all, 'gatewayResponse', 'groupId', group.id)) put(defaultResponseOf(group));
  return {
    added: [...added.values()],
    changed: [...changed.values()].filter((object) => !removed.has(keyOfObject(object))),
    removed: [...removed.values()],
    notes,
  };
}

/** Objects with all that they need, and without what belongs to something that is left out. */
export function completed(given: readonly ConfiguredObject[]): {
  readonly objects: readonly ConfiguredObject[];
  readonly notes: readonly string[];
} {
  const objects = new Map(given.map((object) => [keyOfObject(object), object]));
  const said: string[] = [];
  for (let isWhole = false; !isWhole;) {
    const { added, changed, removed, notes } = completeOutside([...objects.values()]);
    for (const object of removed) objects.delete(keyOfObject(object));
    for (const object of [...changed, ...added]) objects.set(keyOfObject(object), object);
    said.push(...notes);
    isWhole = removed.length === 0;
  }
  return { objects: [...objects.values()], notes: said };
}

function hasDefault(
  objects: readonly ConfiguredObject[],
  kind: string,
  field: string,
  parentId: string,
): boolean {
  return objects.some(
    (object) => object.kind === kind && object.body['isDefault'] === true && object.body[field] === parentId,
  );
}

interface Link {
  readonly kind: string;
  readonly id: string;
  readonly path: readonly (string | number)[];
  readonly isOptional: boolean;
}

function linksOf({ kind, body }: ConfiguredObject): readonly Link[] {
  const described = isKind(kind)
    ? referencesIn(descriptionOf(kind).input, body)
    : kind === 'apiVersion'
      ? referencesIn(descriptionOf('api').input, (body['definition'] ?? {}) as Json).map((link) => ({
          ...link,
          path: ['definition', ...link.path],
        }))
      : [];
  const links = described
    // Others are IDs of the cloud's, such as that of a network.
    .filter((link) => isKind(link.kind))
    .map((link): Link => ({ ...link, isOptional: isOptional(link.path) }));
  const known = new Set(links.map(({ path }) => path.join('.')));
  for (const [field, value] of Object.entries(body)) {
    if (!field.endsWith('Id') || typeof value !== 'string' || known.has(field)) continue;
    const wanted = NAMES[field] ?? field.slice(0, -2);
    if (wanted !== 'apiVersion' && !isKind(wanted)) continue;
    links.push({ kind: wanted, id: value, path: [field], isOptional: false });
  }
  return links;
}

/** Fields without which an object is still one: what is nested, and what an API may have. */
function isOptional(path: readonly (string | number)[]): boolean {
  return ['authorizerId', 'responseId', 'certificateId', 'channelId'].includes(String(path.at(-1)));
}

function keyOf({ kind, id }: Link, { body }: ConfiguredObject): string {
  return kind === 'environment' ? `${kind}/${String(body['gatewayId'])}/${id}` : `${kind}/${id}`;
}

/** An object of which only the ID is known; undefined where that is too little. */
function standInFor(kind: string, id: string, user: ConfiguredObject): ConfiguredObject | undefined {
  const gatewayId = kind === 'gateway' ? id : user.body['gatewayId'];
  const short = stableId(kind, id).slice(0, 8);
  const of = (body: Json, more: Json = {}): ConfiguredObject | undefined => {
    const found = isKind(kind) ? settle(descriptionOf(kind), { gatewayId, ...body }).value : undefined;
    return found === undefined ? undefined : { kind, id, body: { ...found, ...more } };
  };
  switch (kind) {
    case 'gateway':
      return of(
        {
          name: `gateway-${short}`,
          edition: 'BASIC',
          availableZoneIds: ['az-1'],
          vpcId: 'vpc',
          subnetId: 'subnet',
          securityGroupId: 'group',
        },
        PROJECT,
      );
    case 'environment':
      return of({ name: id === RELEASE_ENVIRONMENT_ID ? 'RELEASE' : `env_${short}` });
    case 'apiGroup':
      return of({ name: `group-${short}` }, { isDefault: false });
    case 'app':
      return of({
        name: `app_${short}`,
        appKey: standInText(`${id} key`, 32),
        appSecret: standInText(`${id} secret`, 32),
      });
    case 'authorizer':
      return of({ name: `authorizer_${short}`, type: 'FRONTEND', functionUrn: `urn:fss:outside:${short}` });
    case 'loadBalanceChannel':
      return of({ name: `channel_${short}`, port: 80, members: [], memberGroups: [] });
    default:
      return undefined;
  }
}

/** What every gateway has from the start. */
function contentsOf(gatewayId: string): readonly ConfiguredObject[] {
  return [
    { kind: 'environment', id: RELEASE_ENVIRONMENT_ID, body: { gatewayId, name: 'RELEASE' } },
    {
      kind: 'apiGroup',
      id: stableId('apiGroup', gatewayId, 'DEFAULT'),
      body: { gatewayId, name: 'DEFAULT', debugDomainEnabled: true, isDefault: true },
    },
  ];
}

function defaultResponseOf({ id, body: { gatewayId } }: ConfiguredObject): ConfiguredObject {
  return {
    kind: 'gatewayResponse',
    id: stableId('gatewayResponse', id, 'default'),
    body: { gatewayId, groupId: id, name: 'default', responses: {}, isDefault: true },
  };
}

function nameOf({ kind, body }: ConfiguredObject): string {
  const { name } = body;
  return `The ${titleOf(kind)}${typeof name === 'string' ? ` ${name}` : ''}`;
}

function titleOf(kind: string): string {
  return isKind(kind) ? descriptionOf(kind).title : kind;
}

function isKind(kind: string): kind is Kind {
  return Object.hasOwn(resources, kind);
}
