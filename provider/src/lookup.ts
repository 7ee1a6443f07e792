import * as pulumi from '@pulumi/pulumi';
import type { AnyCollection, AnyObject } from '@apig/sdk';
import {
  descriptionOf,
  fieldsOf,
  type AddressOf,
  type Description,
  type Json,
  type Kind,
  type OutputOf,
  type Resources,
  type SecretsOf,
  type SettledOf,
} from '@apig/sdk/contract';
import { readConnection } from './connection.ts';
import { explain } from './explain.ts';

/*
 * Objects that exist, looked up while the program runs: by their ID, or by values that they have. What is found is no
 * resource, and none of its secrets leaves the client: a program's own values stand in clear in many places.
 */

// Written over the keys of a type parameter, since only then the fields keep their comments in the editor.
type Parents<D> = { readonly [Name in Exclude<keyof AddressOf<D>, 'id'>]: AddressOf<D>[Name] };
type Values<T, Left> = { readonly [Name in keyof T as Exclude<Name, Left>]?: T[Name] };

/** Where to look, and values that the objects have. Lists without order may be in any order. */
export type FilterArgsOf<D> = Parents<D> & Values<SettledOf<D>, SecretsOf<D> | keyof AddressOf<D>>;

/** Where to look, and the ID of the object or values that it alone has. */
export type LookupArgsOf<D> = FilterArgsOf<D> & {
  /** ID of the object. */
  readonly id?: string;
};

/** An object that was found, without its secrets. */
export type FoundOf<D> = Readonly<Omit<OutputOf<D>, SecretsOf<D>>>;

/** Arguments that may be known later. */
export type LaterArgs<Args> = {
  readonly [Name in keyof Args]: pulumi.Input<NonNullable<Args[Name]>> | Extract<Args[Name], undefined>;
};

/** Looks one object up. It rejects when there is none, or more than one. */
export type Lookup<D> = (args: LookupArgsOf<D>) => Promise<FoundOf<D>>;

/** Looks one object up, by values that may be known later. */
export type LookupOutput<D> = (args: LaterArgs<LookupArgsOf<D>>) => pulumi.Output<FoundOf<D>>;

/** Looks up all objects that have the given values. */
export type ListLookup<D> = (args: FilterArgsOf<D>) => Promise<readonly FoundOf<D>[]>;

/** Looks up all objects that have the given values, which may be known later. */
export type ListLookupOutput<D> = (args: LaterArgs<FilterArgsOf<D>>) => pulumi.Output<readonly FoundOf<D>[]>;

/** Makes the look-up of one object of a kind. */
export function lookup<K extends Kind>(kind: K): Lookup<Resources[K]> {
  // The fields of a kind come from its description, which code for any kind does not know.
  return (args) => find(kind, args) as unknown as Promise<FoundOf<Resources[K]>>;
}

/** Makes the look-up of one object of a kind by values that may be known later. */
export function lookupOutput<K extends Kind>(kind: K): LookupOutput<Resources[K]> {
  return (args) => later(args as Json, lookup(kind) as (known: Json) => Promise<FoundOf<Resources[K]>>);
}

/** Makes the look-up of all objects of a kind. */
export function lookupAll<K extends Kind>(kind: K): ListLookup<Resources[K]> {
  return (args) => findAll(kind, args) as unknown as Promise<readonly FoundOf<Resources[K]>[]>;
}

/** Makes the look-up of all objects of a kind by values that may be known later. */
export function lookupAllOutput<K extends Kind>(kind: K): ListLookupOutput<Resources[K]> {
  return (args) =>
    later(args as Json, lookupAll(kind) as (known: Json) => Promise<readonly FoundOf<Resources[K]>[]>);
}

function later<T>(args: Json, find: (known: Json) => Promise<T>): pulumi.Output<T> {
  // What is found is what the service says, and holds no outputs that would have to be taken out.
  const found: pulumi.Output<unknown> = pulumi.output(args).apply((known) => find(known as Json));
  return found as pulumi.Output<T>;
}

async function find(kind: Kind, args: Json): Promise<Json> {
  const description = descriptionOf(kind);
  const { id } = args;
  if (id === undefined) {
    const found = await findAll(kind, args);
    const [only, ...others] = found;
    if (only !== undefined && others.length === 0) return only;
    const ids = found.slice(0, 10).map((each) => String(each['id']));
    throw new Error(
      only === undefined
        ? `There is no ${description.title} with ${toWords(description, args)}.`
        : `More than one ${description.title} has ${toWords(description, args)}: ${ids.join(', ')}. Say which by its id.`,
    );
  }
  const object = await ask(description, args, async (collection) => {
    const found = await collection.get(withoutNothing(args));
    // Some are found by their parents alone.
    return found?.id === id ? [found] : [];
  });
  if (object[0] === undefined)
    throw new Error(`There is no ${description.title} with ${toWords(description, args)}.`);
  return object[0];
}

function findAll(kind: Kind, args: Json): Promise<readonly Json[]> {
  const description = descriptionOf(kind);
  const given = withoutNothing(args);
  const isParent = (name: string) => description.parents.includes(name);
  const part = (wanted: (name: string) => boolean) =>
    Object.fromEntries(Object.entries(given).filter(([name]) => wanted(name)));
  return ask(description, given, (collection) =>
    collection.list(
      part(isParent),
      part((name) => !isParent(name)),
    ),
  );
}

/** Asks the service that the stack, or the environment, names. */
async function ask(
  description: Description,
  args: Json,
  question: (collection: AnyCollection) => Promise<readonly AnyObject[]>,
): Promise<readonly Json[]> {
  const secrets = fieldsOf(description.input).filter(({ marks }) => marks.secret);
  const secret = secrets.find(({ name }) => args[name] !== undefined);
  if (secret !== undefined)
    throw new Error(`${secret.name}: no ${description.title} is looked up by a secret.`);
  const config = new pulumi.Config('apig');
  const connection = readConnection({ get: (key) => config.get(key.slice('apig:'.length)) });
  if ('problem' in connection) throw new Error(connection.problem);
  const { clientOf } = await import('./clients.ts');
  try {
    const found = await question((await clientOf(connection)).collection(description.kind as Kind));
    return found.map((object) =>
      Object.fromEntries(
        Object.entries(object).filter(([name]) => !secrets.some((field) => field.name === name)),
      ),
    );
  } catch (error) {
    throw explain(error, { action: 'read', description, properties: args });
  }
}

/** The values that were asked for: `name "orders" in gatewayId "g1"`. */
function toWords({ parents }: Description, args: Json): string {
  const word = ([name, value]: [string, unknown]) => `${name} ${JSON.stringify(value)}`;
  const given = Object.entries(withoutNothing(args));
  const place = given.filter(([name]) => parents.includes(name)).map(word);
  const values = given.filter(([name]) => !parents.includes(name)).map(word);
  return [values.join(' and ') || 'any values', ...place].join(' in ');
}

function withoutNothing(args: Json): Json {
  return Object.fromEntries(
    Object.entries(args).filter(([, value]) => value !== undefined && value !== null),
  );
}
