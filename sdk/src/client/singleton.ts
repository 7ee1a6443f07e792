import type { Description, SingletonShape } from '../describe.ts';
import { fieldsOf } from '../fields.ts';
import { fromAnswer, toRequest } from '../messages.ts';
import { encode, type Json } from '../wire.ts';
import { ifPresent } from './answers.ts';
import { isSame } from './aspects.ts';
import type { Context } from './context.ts';
import { settled } from './input.ts';
import { readAll } from './pages.ts';
import { fillPath } from './paths.ts';
import type { AnyCollection, AnyObject, CallOptions } from './types.ts';

/** The operations of a kind of which there is one object below its parents, or one for each name. It has no ID of its own. */
export function createSingletons(
  description: Description,
  shape: SingletonShape,
  context: Context,
): AnyCollection {
  const { transport } = context;
  const { input, parents, path: template } = description;
  const own = fieldsOf(input).filter(({ name }) => !parents.includes(name));

  const parentsOf = (value: Json): Json => Object.fromEntries(parents.map((name) => [name, value[name]]));
  // A name is one below the parents only, and IDs tell apart.
  const idFields = parents.includes(shape.idField) ? [shape.idField] : [...parents, shape.idField];
  const idOf = (address: Json): string => idFields.map((name) => String(address[name])).join('/');
  /** What finds an object: its parents' IDs and its name. */
  const placeOf = (address: Json): Json => ({
    ...parentsOf(address),
    [shape.idField]: address[shape.idField] ?? String(address['id']).split('/').at(-1),
  });
  const toObject = (body: Json, address: Json): AnyObject => {
    const object = fromAnswer(description, body, parentsOf(address));
    return { ...object, id: idOf(object) };
  };

  async function set(value: Json, { signal }: CallOptions): Promise<AnyObject> {
    const path = fillPath(template, value);
    // Set twice, it is as after once.
    const call = { method: shape.set.method, path, repeatable: true, signal } as const;
    const body = await transport.call({ ...call, body: toRequest(description, value) });
    return toObject({ ...encode(input, value), ...body }, value);
  }

  /** The objects that are there; of those with names, all. */
  async function all(address: Json, { signal }: CallOptions): Promise<readonly AnyObject[]> {
    const path = fillPath(template, address);
    if (shape.read.by === 'list') {
      const rows = await ifPresent(readAll(transport, path, shape.read.listKey, {}, signal));
      return (rows ?? []).map((row) => toObject(row, address));
    }
    const body = await ifPresent(transport.call({ method: 'GET', path, signal }));
    // What is not set is shown as an object without its fields.
    const isSet = own.some(({ optional, wire }) => !optional && body?.[wire] !== undefined);
    return body === undefined || !isSet ? [] : [toObject(body, address)];
  }

  return {
    create: (value, options = {}) => set(settled(description, value), options),

    async get(address, options = {}) {
      const place = placeOf(address);
      return (await all(place, options)).find(({ id }) => id === idOf(place));
    },

    async list(address, filter = {}, options = {}) {
      const found = await all(address, options);
      return found.filter((object) => isSame(description, Object.keys(filter), object, filter));
    },

    update: (address, value, options = {}) =>
      set(settled(description, { ...value, ...placeOf(address) }), options),

    async delete(address, options = {}) {
      const { end } = shape;
      const place = placeOf(address);
      if (end === 'DELETE') {
        const call = { method: end, path: fillPath(template, place), signal: options.signal } as const;
        await ifPresent(transport.call(call));
        return;
      }
      const initial = end.initial(String(place[shape.idField]));
      if (initial !== undefined)
        await ifPresent(set(settled(description, { ...place, ...initial }), options));
    },
  };
}
