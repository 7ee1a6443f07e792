import { randomBytes } from 'node:crypto';
import {
  isApigError,
  isTransportError,
  isUnfinishedError,
  UnfinishedError,
  type AnyCollection,
  type AnyObject,
} from '@apig/sdk';
import { fieldsOf, writeOnlyFields, type Description, type Json } from '@apig/sdk/contract';
import type { Claims } from './claims.ts';
import { diff, isSame, type Diff } from './diff.ts';
import { explain, nameOf, OperationError } from './explain.ts';
import { addressOf, identityOf, uniqueName } from './properties.ts';

/*
 * An answer can be lost after the object was created, and a run can end before it is noted. The next attempt then finds
 * the name taken. An object of that name which is just as asked for is taken over; it is never created twice.
 */

/** What creates an object of a kind. */
export interface Creation {
  readonly description: Description;
  readonly collection: AnyCollection;
  readonly claims: Claims;
  /** Whether an object that exists is taken over, whatever it is like. */
  readonly adopts: boolean;
}

/** Creates an object, or finds that it was created before. */
export async function create(creation: Creation, asked: Json): Promise<AnyObject> {
  const { description, claims } = creation;
  const input = withOwnCode(description, asked);
  const name = uniqueName(description, input);
  if (name !== undefined && !claims.reserve(name)) {
    const what = nameOf({ description, properties: input });
    throw new OperationError(
      `Another resource of this program creates the ${what} too. Remove one, or name it differently.`,
      undefined,
    );
  }
  try {
    return await createOrFind(creation, input);
  } catch (error) {
    if (name !== undefined) claims.release(name);
    throw error;
  }
}

async function createOrFind(creation: Creation, input: Json): Promise<AnyObject> {
  const { description, collection, adopts } = creation;
  if (adopts) {
    const present = await find(creation, input).catch((failure: unknown) => {
      throw explainCreate(failure, creation, input);
    });
    if (present !== undefined) return adopt(creation, input, present);
  }
  for (let isSecond = false; ; isSecond = true) {
    try {
      return await collection.create(input);
    } catch (error) {
      const lost = isTransportError(error) && error.outcomeUnknown;
      const taken =
        isApigError(error) && (error.name === description.unique?.error || error.name === 'apiPathTaken');
      if (!lost && !taken) throw isUnfinishedError(error) ? error : explainCreate(error, creation, input);
      const found = await findByName(creation, input).catch((failure: unknown) => {
        throw explainCreate(lost ? error : failure, creation, input);
      });
      if (found !== undefined) return takeOver(creation, input, found, error);
      if (taken || isSecond || description.unique === undefined) throw explainCreate(error, creation, input);
      // The request was not carried out: once more.
    }
  }
}

/** The object that has the name which was asked for; nothing where names do not tell objects apart. */
function findByName(creation: Creation, input: Json): Promise<AnyObject | undefined> {
  return creation.description.unique === undefined ? Promise.resolve(undefined) : find(creation, input);
}

/** The object that has the name, or what else identifies it, which was asked for. */
async function find({ description, collection }: Creation, input: Json): Promise<AnyObject | undefined> {
  const fields = identityOf(description);
  if (fields.length === 0 || fields.some((name) => input[name] === undefined)) return undefined;
  const { parents } = description;
  const take = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, input[name]]));
  const found = await collection.list(take(parents), take(fields.filter((name) => !parents.includes(name))));
  const identity = fieldsOf(description.input).filter(({ name }) => fields.includes(name));
  return found.find((object) =>
    identity.every((field) => isSame(field, object[field.name], input[field.name])),
  );
}

/** Makes an object that exists as asked for. */
async function adopt(creation: Creation, input: Json, found: AnyObject): Promise<AnyObject> {
  const { description, collection, claims } = creation;
  const { changed, replaces } = differences(creation, input, found);
  if (replaces.length > 0) {
    const what = nameOf({ description, properties: input });
    throw new OperationError(
      `The ${what} cannot be adopted: it differs in ${replaces.join(', ')}, which cannot be changed. Ask for it as it is, or remove it.`,
      undefined,
    );
  }
  claims.takeOver(found.id);
  if (changed.length === 0) return found;
  try {
    return await collection.update(addressOf(description, found.id, { ...found, ...input }), input);
  } catch (failure) {
    throw explainCreate(failure, creation, input);
  }
}

async function takeOver(
  creation: Creation,
  input: Json,
  found: AnyObject,
  error: unknown,
): Promise<AnyObject> {
  const { description, collection, claims } = creation;
  if (claims.isKnown(uniqueName(description, input) ?? '')) {
    const next =
      'Another resource of this program has it: name one of them differently or, if one takes the place of the other, set deleteBeforeReplace.';
    throw explainCreate(error, creation, input, next);
  }
  const { changed } = differences(creation, input, found);
  // What no answer shows is told by what follows from it.
  const unseen = description.recognises?.(input, found) === true ? writeOnlyFields(description) : [];
  const late = [...fieldsSetLate(description), ...unseen];
  const others = changed.map(({ name }) => name).filter((name) => !late.includes(name));
  if (others.length > 0) {
    const next = `One exists that differs in ${others.join(', ')}. Choose another name or remove that one; given just as it is, it is taken over.`;
    throw explainCreate(error, creation, input, next);
  }
  claims.takeOver(found.id);
  if (changed.length === 0 && !isMadeLater(description)) return found;
  try {
    return await collection.update(addressOf(description, found.id, found), input);
  } catch (failure) {
    const message = failure instanceof Error ? failure.message : String(failure);
    throw new UnfinishedError(description.kind, found.id, message, failure);
  }
}

/** How an object differs from what is asked for; what follows from other fields is told by those. */
function differences({ description }: Creation, input: Json, found: AnyObject): Diff {
  const compared = diff(description, found, input);
  const changed = compared.changed.filter(({ name }) => !Object.hasOwn(description.computed ?? {}, name));
  return { ...compared, changed };
}

/** Fields that are written after the object was created: they may be missing when the answer was lost. */
function fieldsSetLate({ operations }: Description): readonly string[] {
  if (operations.shape !== 'collection') return [];
  return (operations.aspects ?? []).flatMap(({ inCreate, fields }) => (inCreate ? [] : fields));
}

function isMadeLater({ operations }: Description): boolean {
  return operations.shape === 'collection' && operations.ready !== undefined;
}

function explainCreate(error: unknown, { description }: Creation, properties: Json, next?: string): Error {
  return explain(error, { action: 'create', description, properties }, next);
}

/** Where a code alone identifies the object, it is made here: known before it is sent, it finds the object again. */
function withOwnCode({ operations }: Description, asked: Json): Json {
  const field = operations.shape === 'collection' ? operations.generatedBy : undefined;
  if (field === undefined || asked[field] !== undefined) return asked;
  return { ...asked, [field]: randomBytes(48).toString('base64') };
}
