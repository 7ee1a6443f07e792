import type { Description, MembershipShape } from '../describe.ts';
import { fieldsOf } from '../fields.ts';
import type { Kind } from '../resources/index.ts';
import type { Json } from '../wire.ts';
import { idOf } from './answer-fields.ts';
import { ifPresent } from './answers.ts';
import type { Context } from './context.ts';
import { settled } from './input.ts';
import { readAll } from './pages.ts';
import { encodeId, fillPath } from './paths.ts';
import type { AnyCollection, AnyObject, CallOptions } from './types.ts';

/**
 * The operations of a binding that ties objects to one owner. The service knows single ties; a binding is their set. Its
 * ID is the owner's. An address that names members is about those only, so that two programs can share the set.
 */
export function createMemberships(
  description: Description,
  shape: MembershipShape,
  context: Context,
): AnyCollection {
  const { transport } = context;
  const { owner, members, bind, bound } = shape;
  const template = description.path;

  const placeOf = (address: Json): Json => ({
    ...Object.fromEntries(description.parents.map((name) => [name, address[name]])),
    [owner]: address[owner] ?? address['id'],
  });
  const toObject = (place: Json, ids: readonly string[]): AnyObject => ({
    ...place,
    [members.field]: ids,
    id: String(place[owner]),
  });

  async function tied(place: Json, { signal }: CallOptions): Promise<readonly string[]> {
    const path = `${fillPath(template, place)}/${bound.path}`;
    const rows = await ifPresent(readAll(transport, path, bound.listKey, {}, signal));
    return (rows ?? []).map((row) => idOf(row, bound.memberId));
  }

  async function tie(place: Json, ids: readonly string[], { signal }: CallOptions): Promise<void> {
    if (ids.length === 0) return;
    const path = `${fillPath(template, place)}/${bind.path}`;
    await transport.call({ method: 'POST', path, body: { [members.body]: ids }, repeatable: true, signal });
  }

  async function untie(place: Json, ids: readonly string[], { signal }: CallOptions): Promise<void> {
    const path = `${fillPath(template, place)}/${bound.path}`;
    await Promise.all(
      ids.map((id) => {
        const item = `${path}/${encodeId(bound.memberId, id)}`;
        return ifPresent(transport.call({ method: 'DELETE', path: item, signal }));
      }),
    );
  }

  /** Those IDs that an address is about, in its order: all, or the members that it names. */
  const within = (address: Json, ids: readonly string[]): readonly string[] => {
    const named = address[members.field];
    return Array.isArray(named) ? named.map(String).filter((id) => ids.includes(id)) : ids;
  };

  return {
    async create(input, options = {}) {
      const value = settled(description, input);
      const ids = value[members.field] as readonly string[];
      await tie(placeOf(value), ids, options);
      return toObject(placeOf(value), ids);
    },

    async get(address, options = {}) {
      const place = placeOf(address);
      const ids = within(address, await tied(place, options));
      return ids.length === 0 ? undefined : toObject(place, ids);
    },

    async list(parents, filter = {}, options = {}) {
      const given = filter[owner] ?? parents[owner];
      const owners = typeof given === 'string' ? [given] : await ownersOf(parents, options);
      const found = await Promise.all(
        owners.map(async (id) => {
          const place = placeOf({ ...parents, [owner]: id });
          return toObject(place, await tied(place, options));
        }),
      );
      return found.filter((object) => (object[members.field] as readonly string[]).length > 0);
    },

    async update(address, input, options = {}) {
      const place = placeOf(address);
      const value = settled(description, { ...input, ...place });
      const wanted = value[members.field] as readonly string[];
      const present = await tied(place, options);
      await tie(
        place,
        wanted.filter((id) => !present.includes(id)),
        options,
      );
      await untie(
        place,
        within(address, present).filter((id) => !wanted.includes(id)),
        options,
      );
      return toObject(place, wanted);
    },

    async delete(address, options = {}) {
      const place = placeOf(address);
      await untie(place, within(address, await tied(place, options)), options);
    },
  };

  /** IDs of all owners below the parents that are given. */
  async function ownersOf(parents: Json, options: CallOptions): Promise<readonly string[]> {
    const field = fieldsOf(description.input).find(({ name }) => name === owner);
    // The field is marked with the owner's kind.
    const all = await context.collection(field?.marks.ref as Kind).list(parents, {}, options);
    return all.map(({ id }) => id);
  }
}
