import type { AnyObject, Client } from '@apig/sdk';
import {
  descriptionOf,
  fieldsOf,
  resources,
  type Description,
  type Json,
  type Kind,
} from '@apig/sdk/contract';
import { diff } from '../diff.ts';

/** An object that exists. */
export interface Existing {
  readonly kind: Kind;
  readonly object: AnyObject;
}

const KINDS = Object.keys(resources) as Kind[];

/** What a service has from the start, and what therefore no program makes. */
const GIVEN: { readonly [K in Kind]?: (object: AnyObject) => boolean } = {
  environment: ({ name }) => name === 'RELEASE',
  apiGroup: ({ name }) => name === 'DEFAULT',
  gatewayResponse: ({ isDefault }) => isDefault === true,
  gatewayFeature: (object) => isAsFromTheStart(descriptionOf('gatewayFeature'), object),
};

/** Everything that somebody has configured, parents first: of one gateway, or of all that the caller's project has. */
export async function takeInventory(
  client: Client,
  gatewayId: string | undefined,
): Promise<readonly Existing[]> {
  const found = new Map<Kind, readonly AnyObject[]>();
  for (const kind of inOrder()) {
    const description = descriptionOf(kind);
    const collection = client.collection(kind);
    const lists = await Promise.all(placesOf(description, found).map((place) => collection.list(place)));
    found.set(
      kind,
      lists.flat().filter((object) => gatewayId === undefined || isOf(gatewayId, kind, object)),
    );
  }
  return KINDS.flatMap((kind) =>
    (found.get(kind) ?? []).filter((object) => !GIVEN[kind]?.(object)).map((object) => ({ kind, object })),
  );
}

/** Kinds, each after those that its objects are in. */
function inOrder(): readonly Kind[] {
  const done: Kind[] = [];
  while (done.length < KINDS.length) {
    const next = KINDS.filter(
      (kind) =>
        !done.includes(kind) &&
        descriptionOf(kind).parents.every((field) => done.includes(parentKind(descriptionOf(kind), field))),
    );
    if (next.length === 0) throw new Error('Kinds are in each other.');
    done.push(...next);
  }
  return done;
}

/** The IDs of every place that can have objects of a kind. */
function placesOf(description: Description, found: ReadonlyMap<Kind, readonly AnyObject[]>): readonly Json[] {
  return description.parents.reduce<readonly Json[]>(
    (places, field) =>
      places.flatMap((place) =>
        (found.get(parentKind(description, field)) ?? [])
          .filter((parent) => Object.entries(place).every(([name, id]) => parent[name] === id))
          .map((parent) => ({ ...place, [field]: parent.id })),
      ),
    [{}],
  );
}

function parentKind({ kind, input }: Description, field: string): Kind {
  const parent = fieldsOf(input).find(({ name }) => name === field)?.marks.ref;
  if (parent === undefined) throw new Error(`${kind}: ${field} is no reference.`);
  return parent as Kind;
}

function isOf(gatewayId: string, kind: Kind, object: AnyObject): boolean {
  const its = kind === 'gateway' ? object.id : object['gatewayId'];
  return its === undefined || its === gatewayId;
}

/** Whether a named object is as the service made it. */
function isAsFromTheStart(description: Description, object: AnyObject): boolean {
  const { operations } = description;
  if (operations.shape !== 'singleton' || operations.end === 'DELETE') return false;
  const initial = operations.end.initial(String(object[operations.idField]));
  return initial === undefined || !diff(description, object, { ...object, ...initial }).changes;
}
