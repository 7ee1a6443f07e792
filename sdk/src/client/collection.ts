import { z } from 'zod';
import type { CollectionShape, Description } from '../describe.ts';
import { fieldsOf } from '../fields.ts';
import { toRequest } from '../messages.ts';
import { decode, encode, type Json } from '../wire.ts';
import { ifPresent } from './answers.ts';
import { aspectCalls, aspectFields, aspectsOf, isSame, pick } from './aspects.ts';
import type { Context } from './context.ts';
import { isUnfinishedError, UnfinishedError } from './failures.ts';
import { settled, without } from './input.ts';
import { fillPath, type Query } from './paths.ts';
import { createReader } from './reader.ts';
import type { AnyCollection, AnyObject, CallOptions } from './types.ts';

/** The operations of a kind with the usual ones: POST and GET on a collection, GET, PUT and DELETE on an item. */
export function createCollection(
  description: Description,
  shape: CollectionShape,
  context: Context,
): AnyCollection {
  const { transport } = context;
  const { kind, title, path: template } = description;
  const idKey = shape.idKey ?? 'id';
  const { itemPath, parentsOf, toObject, shown, rows, get, whenReady, whenGone } = createReader(
    description,
    shape,
    context,
  );
  const apart = aspectFields(description);
  const allFields = fieldsOf(description.input).map(({ name }) => name);

  async function changeAspects(
    address: Json,
    before: Json,
    after: Json,
    options: CallOptions,
  ): Promise<void> {
    for (const { aspect, method, path: below, body } of aspectCalls(description, before, after)) {
      const path = `${itemPath(address)}/${below}`;
      // The operations that turn something on refuse to do so twice; those on entries just set them.
      const repeatable = aspect.byEntry ?? method !== 'POST';
      const call = { method, path, repeatable, signal: options.signal };
      await transport.call(body === undefined ? call : { ...call, body });
      if (shape.ready) await whenReady(address, options);
    }
  }

  return {
    get,

    async create(input, options = {}) {
      const value = settled(description, input);
      const late = aspectsOf(description).flatMap((aspect) => (aspect.inCreate ? [] : aspect.fields));
      const path = fillPath(template, value);
      const generated = shape.generatedBy !== undefined && value[shape.generatedBy] === undefined;
      const body = await transport.call(
        generated
          ? { method: 'PUT', path, repeatable: false, signal: options.signal }
          : {
              method: 'POST',
              path,
              body: toRequest(description, without(value, late)),
              signal: options.signal,
            },
      );
      const key = shape.createdIdKey ?? idKey;
      const address = { ...parentsOf(value), id: toObject({ ...body, [idKey]: body[key] }, value, true).id };
      try {
        const object = shape.ready ? await whenReady(address, options) : await shown(body, address, options);
        if (isSame(description, late, object, value)) return object;
        await changeAspects(address, object, { ...object, ...pick(value, late) }, options);
        return await whenReady(address, options);
      } catch (error) {
        if (isUnfinishedError(error)) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        throw new UnfinishedError(kind, address.id, reason, error);
      }
    },

    async list(parents, filter = {}, options = {}) {
      const unknown = Object.keys(filter).find((name) => !allFields.includes(name));
      if (unknown !== undefined) throw new TypeError(`${title}: ${unknown} is not a field to filter by`);
      const found = await rows(parents, toListQuery(description, filter), options);
      const objects = shape.listIsBrief
        ? await Promise.all(
            found
              .filter((row) => mayMatch(description, row, filter))
              .map((row) => get({ ...parents, id: row[idKey] }, options)),
          )
        : await Promise.all(found.map((row) => shown(row, parents, options)));
      // The service compares names in part and without regard to other fields.
      return objects.filter(
        (object) => object !== undefined && isSame(description, Object.keys(filter), object, filter),
      ) as AnyObject[];
    },

    async update(address, input, options = {}) {
      if (!shape.updates) throw new TypeError(`${title}: cannot be changed, only created and deleted`);
      const value = settled(description, { ...input, ...parentsOf(address) });
      const plain = allFields.filter((name) => !apart.includes(name));
      const before = apart.length > 0 ? await whenReady(address, options) : undefined;
      if (before === undefined || !isSame(description, plain, before, value)) {
        const body = {
          ...cleared(description, shape, value),
          ...toRequest(description, without(value, apart)),
        };
        const path = itemPath(address);
        const answer = await transport.call({ method: 'PUT', path, body, signal: options.signal });
        if (before === undefined && answer[idKey] === address['id'])
          return await shown(answer, address, options, true);
      }
      if (before !== undefined) await changeAspects(address, before, value, options);
      return whenReady(address, options);
    },

    async delete(address, options = {}) {
      const path = itemPath(address);
      await ifPresent(transport.call({ method: 'DELETE', path, signal: options.signal }));
      if (shape.ready) await whenGone(address, options);
    },
  };
}

/** Narrows a list by what the service can compare: single values, by their documented names. Never by a secret. */
function toListQuery(description: Description, filter: Json): Query {
  const secrets = fieldsOf(description.input).filter(({ marks }) => marks.secret);
  const wire = encode(description.input, filter, [
    ...description.parents,
    ...secrets.map(({ name }) => name),
  ]);
  const plain = Object.entries(wire).filter((pair): pair is [string, string | number] => {
    return typeof pair[1] === 'string' || typeof pair[1] === 'number';
  });
  const name = filter['name'];
  // Whatever the field is called in bodies, lists are narrowed by `name`, or by what is in the body.
  return {
    ...Object.fromEntries(plain),
    ...(typeof name === 'string' ? { name, precise_search: 'name' } : {}),
  };
}

/** Tells whether a row of a brief list may be of an object that has the wanted values. */
function mayMatch(description: Description, row: Json, filter: Json): boolean {
  const shown = decode(description.input, description.fromWire?.(row) ?? row);
  return Object.keys(filter).every(
    (name) => shown[name] === undefined || isSame(description, [name], shown, filter),
  );
}

/** Empty texts for what an update leaves out and the service would keep otherwise. */
function cleared(description: Description, shape: CollectionShape, value: Json): Json {
  if (!shape.patches) return {};
  return Object.fromEntries(
    fieldsOf(description.input)
      .filter(({ name, optional, marks }) => optional && !marks.generated && value[name] === undefined)
      .filter(({ inner }) => inner instanceof z.ZodString || inner instanceof z.ZodEnum)
      .filter(({ name }) => !aspectFields(description).includes(name))
      .map(({ wire }) => [wire, '']),
  );
}
