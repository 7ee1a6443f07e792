import { descriptionOf, referencesIn, type Kind } from '@apig/sdk/contract';
import {
  environmentKey,
  STORED_KINDS,
  type ConfigurationReader,
  type Stored,
  type StoredKind,
} from '../store/configuration.ts';
import { valuesOf } from './lookup.ts';
import { shapeOfPath } from './rules/api.ts';

/** What one object says of another: that it is there. */
export interface Link {
  readonly field: string;
  readonly kind: StoredKind;
  readonly key: string;
  readonly id: string;
}

/** Fields whose name does not tell the kind of the object that they hold the ID of. */
const NAMES: Readonly<Record<string, StoredKind>> = { groupId: 'apiGroup', versionId: 'apiVersion' };

/** The kinds that are stored in another form than they are described. */
const OWN_FORM: readonly StoredKind[] = ['apiVersion', 'publication', 'endpointPermission'];

/** The objects that must be there for an object to be. */
export function linksOf(object: Stored): readonly Link[] {
  const values = valuesOf(object);
  const links = new Map<string, Link>();
  const add = (field: string, kind: string, id: string) => {
    if (!isStored(kind)) return;
    const key = kind === 'environment' ? environmentKey(String(values['gatewayId']), id) : id;
    links.set(`${kind}/${key}`, { field, kind, key, id });
  };
  if (!OWN_FORM.includes(object.kind)) {
    // A kind that is stored as it is described has a description.
    const { input } = descriptionOf(object.kind as Kind);
    for (const { path, kind, id } of referencesIn(input, values)) add(path.join('.'), kind, id);
  }
  for (const [field, value] of Object.entries(values)) {
    const kind = NAMES[field] ?? (field.endsWith('Id') ? field.slice(0, -2) : '');
    if (typeof value === 'string') add(field, kind, value);
  }
  return [...links.values()];
}

/** The links of an object that lead nowhere. */
export function brokenLinksOf(object: Stored, configuration: ConfigurationReader): readonly Link[] {
  return linksOf(object).filter(({ kind, key }) => configuration.get(kind, key) === undefined);
}

/** What only one object may have, as texts: a name within its parents, a path in a group, a place of a kind. */
export function claimsOf(object: Stored): readonly string[] {
  const { kind } = object;
  const values = valuesOf(object);
  const claims: (readonly unknown[])[] = [];
  const unique = OWN_FORM.includes(kind) ? undefined : descriptionOf(kind as Kind).unique;
  if (unique !== undefined) {
    const fields = [...unique.within, ...unique.fields];
    claims.push([kind, values['projectId'], ...fields.map((name) => values[name])]);
  }
  if (kind === 'api') {
    const { groupId, method, matchMode, path } = (object as Stored<'api'>).body;
    claims.push([kind, groupId, method, matchMode, shapeOfPath(path)]);
  }
  if (kind === 'endpointPermission') claims.push([kind, values['gatewayId'], values['permission']]);
  const { apiId, environmentId, appId, aclId, pluginId } = values;
  // One API has one of them in an environment; of other kinds it has many, by what it is tied to.
  if (apiId !== undefined && environmentId !== undefined && kind !== 'apiVersion') {
    claims.push([kind, apiId, environmentId, appId, aclId, pluginId]);
  }
  return claims.map((claim) => JSON.stringify(claim));
}

/** How an object is named to people. */
export function nameOf({ kind, id }: Pick<Stored, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}

function isStored(kind: string): kind is StoredKind {
  return (STORED_KINDS as readonly string[]).includes(kind);
}
