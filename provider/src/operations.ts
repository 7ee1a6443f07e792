import { isUnfinishedError, type AnyObject } from '@apig/sdk';
import {
  descriptionOf,
  fieldsOf,
  memberField,
  writeOnlyFields,
  type Description,
  type Json,
  type Kind,
} from '@apig/sdk/contract';
import type { Claims } from './claims.ts';
import { clientOf } from './clients.ts';
import type { Connection } from './connection.ts';
import { create } from './create.ts';
import { isSame } from './diff.ts';
import { explain, OperationError, type Attempt } from './explain.ts';
import {
  addressOf,
  ADOPT,
  generatedFields,
  GIVEN,
  inputOf,
  keptTimeouts,
  partsOf,
  propertiesOf,
  TIMEOUTS,
  withoutId,
  withoutUndefined,
} from './properties.ts';
import { limitInWords, timeLimitOf, within, withLimit } from './time-limits.ts';

/*
 * What the engine asks for that needs the service. Loaded when first needed: a preview does without an HTTP client.
 */

/** The operations on the objects of one kind. */
export interface Operations {
  create(asked: Json): Promise<{ id: string; outs: Json }>;
  /** Without an ID when the object is gone. */
  read(id: string, properties: Json): Promise<{ id?: string; props?: Json; inputs?: Json }>;
  update(id: string, before: Json, asked: Json): Promise<{ outs: Json }>;
  delete(id: string, properties: Json): Promise<void>;
}

/** Prepares the operations of a kind. */
export async function operationsOf(kind: Kind, connection: Connection, claims: Claims): Promise<Operations> {
  const description = descriptionOf(kind);
  const collection = (await clientOf(connection)).collection(kind);
  const fail = (error: unknown, attempt: Omit<Attempt, 'description'>) =>
    explain(error, { ...attempt, description });
  // What another resource is to have is not taken from it.
  const members = memberField(description);
  const ownMembers = (id: string, properties: Json): Json =>
    members === undefined ? {} : { [members]: claims.free(id, partsOf(description, properties)) };

  return {
    async create(asked) {
      const limit = timeLimitOf('create', asked[TIMEOUTS], connection.timeout);
      try {
        const adopts = asked[ADOPT] === true;
        const creation = { description, collection: within(limit, collection), claims, adopts };
        const object = await create(creation, inputOf(description, asked));
        claims.hold(object.id, partsOf(description, asked));
        return { id: object.id, outs: propertiesOf(description, asked, object) };
      } catch (error) {
        if (!isUnfinishedError(error)) throw error instanceof Error ? withLimit(error, limit) : error;
        const attempt = { action: 'create', description, properties: asked, id: error.id } as const;
        const next =
          `It was created in part: the next \`pulumi up\` completes it. ${limitInWords(limit)}`.trimEnd();
        const reason = explain(error, attempt, next).message;
        throw new OperationError(reason, error, {
          id: error.id,
          properties: propertiesOf(description, asked, { id: error.id }),
          reasons: [reason],
        });
      }
    },

    async read(id, properties) {
      try {
        const object = await collection.get(addressOf(description, id, properties));
        return object === undefined ? {} : { id, ...toRead(description, properties, object) };
      } catch (error) {
        throw fail(error, { action: 'read', properties, id });
      }
    },

    async update(id, before, asked) {
      const limit = timeLimitOf('update', asked[TIMEOUTS], connection.timeout);
      claims.hold(id, partsOf(description, asked));
      const address = { ...addressOf(description, id, before), ...ownMembers(id, before) };
      try {
        const object = await within(limit, collection).update(address, inputOf(description, asked));
        return { outs: propertiesOf(description, asked, object) };
      } catch (error) {
        throw withLimit(fail(error, { action: 'update', properties: asked, id }), limit);
      }
    },

    async delete(id, properties) {
      const parts = partsOf(description, properties);
      if (claims.isTakenOver(id) || (parts.length > 0 && claims.free(id, parts).length === 0)) return;
      const address = { ...addressOf(description, id, properties), ...ownMembers(id, properties) };
      const limit = timeLimitOf('delete', properties[TIMEOUTS], connection.timeout);
      try {
        await within(limit, collection).delete(address);
      } catch (error) {
        throw withLimit(fail(error, { action: 'delete', properties, id }), limit);
      }
    },
  };
}

/** What no answer shows, and the object still has as far as its outputs tell. */
function unseen(description: Description, before: Json, object: AnyObject): Json {
  const names = writeOnlyFields(description).filter((name) => before[name] !== undefined);
  const isThere = names.length > 0 && description.recognises?.(before, object) !== false;
  return isThere ? Object.fromEntries(names.map((name) => [name, before[name]])) : {};
}

/** The properties that an object has now, and those of them that the program's arguments are compared with. */
function toRead(description: Description, before: Json, object: AnyObject): { props: Json; inputs: Json } {
  const now = { ...withoutId(object), ...unseen(description, before, object) };
  for (const field of fieldsOf(description.input)) {
    const { name, marks } = field;
    if (marks.asksFor !== undefined && before[name] !== undefined) now[name] = object[marks.asksFor];
    // What means the same stays as it was written, so that a refresh shows nothing where nothing happened.
    const isKept =
      before[name] !== undefined &&
      (isSame(field, before[name], now[name]) || (marks.local && now[name] === undefined));
    if (isKept) now[name] = before[name];
  }
  const given = Array.isArray(before[GIVEN]) ? (before[GIVEN] as unknown[]) : [];
  const chosen = generatedFields(description).filter((name) => !given.includes(name));
  const inputs = { ...inputOf(description, now) };
  for (const name of Object.keys(description.computed ?? {})) inputs[name] = now[name];
  for (const name of chosen) inputs[name] = undefined;
  return {
    props: withoutUndefined({ ...now, [GIVEN]: before[GIVEN], ...keptTimeouts(before) }),
    inputs: withoutUndefined({ ...inputs, ...keptTimeouts(before) }),
  };
}
