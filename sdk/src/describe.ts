import { z } from 'zod';
import type { ControlErrorName } from './errors.ts';
import { fieldsOf, mark, type Codec, type JsonSchema } from './fields.ts';
import { commaCodec, entriesCodec, flagCodec, listOfOneCodec, numberTextCodec, wordsCodec } from './wire.ts';

/*
 * The vocabulary in which a kind of resource is described, once, for everybody: the client, the provider's diff, the
 * management API, the reference. A mark goes around the whole type of a field: `secret(z.string().optional())`.
 */

/** Changing the field replaces the object: always, or when the predicate says so. */
export function immutable<T extends z.ZodType>(
  schema: T,
  when?: (before: never, after: never) => boolean,
): T {
  return mark(schema, {
    immutable: (when as ((before: unknown, after: unknown) => boolean) | undefined) ?? true,
  });
}

declare const hidden: unique symbol;

/** A schema of a field whose value is never shown in clear. */
export interface Secret {
  readonly [hidden]: true;
}

/** The value is never shown in clear. */
export function secret<T extends z.ZodType>(schema: T): T & Secret {
  // The property exists for the compiler only, which leaves such fields out of what is looked up.
  return mark(schema, { secret: true }) as T & Secret;
}

declare const answered: unique symbol;

/** A schema of a field that requests have and answers have not. */
export interface WriteOnly {
  readonly [answered]: false;
}

declare const made: unique symbol;

/** A schema of a name that programs may leave out. */
export interface Automatic {
  readonly [made]: true;
}

/** The field is a name that a program may leave out: it is then made of the name that the resource has there. */
export function automatic<T extends z.ZodType>(schema: T): T & Automatic {
  // The property exists for the compiler only, which lets programs leave such fields out.
  return mark(schema, { automatic: true }) as T & Automatic;
}

/** The field is sent and never received: no answer shows it. */
export function writeOnly<T extends z.ZodType>(schema: T): T & WriteOnly {
  // The property exists for the compiler only, which leaves such fields out of what is read.
  return mark(schema, { writeOnly: true }) as T & WriteOnly;
}

/** The ID of another object of the given kind. */
export function ref(kind: string): z.ZodString {
  return mark(z.string().min(1), { ref: kind });
}

/** A list whose order has no meaning; an item given twice is an error. */
export function set<T extends z.ZodArray>(schema: T): T {
  const unique = schema.refine(
    (items) => new Set(items.map((item) => JSON.stringify(item))).size === items.length,
    {
      message: 'expected each item once',
    },
  );
  return mark(unique, { set: true });
}

/** A text that holds JSON: neither blanks nor the order of keys make a difference. */
export function jsonText<T extends z.ZodType>(schema: T): T {
  return mark(schema, { json: true });
}

/** A text, or a list of texts, that can be spelled in several ways: those of one form mean the same. */
export function spelled<T extends z.ZodType>(form: (text: string) => string, schema: T): T {
  return mark(schema, { form });
}

/** The field may be left out, and then the service chooses its value and keeps it. */
export function generated<T extends z.ZodType>(schema: T): z.ZodOptional<T> {
  return mark(schema.optional(), { generated: true });
}

/** The field's name in the documented JSON. */
export function wire<T extends z.ZodType>(name: string, schema: T): T {
  return mark(schema, { wire: name });
}

/** The field has a form of its own in the documented JSON. */
export function coded<T extends z.ZodType>(codec: Codec, schema: T): T {
  return mark(schema, { codec });
}

/** The field is never sent nor received. */
export function local<T extends z.ZodType>(schema: T): T {
  return mark(schema, { local: true });
}

/** The field means nothing where another one is given. */
export function unless<T extends z.ZodType>(other: string, schema: T): T {
  return mark(schema, { unless: other });
}

/** The field, where it is given, asks for a value of an output. */
export function asksFor<T extends z.ZodType>(output: string, schema: T): T {
  return mark(schema, { asksFor: output });
}

/**
 * A typical value of the field. Examples show it, also where the field may be left out; they guess the values of other
 * fields that are needed. `<kind>.<output>` stands for an output of another object.
 */
export function example<T extends z.ZodType>(value: z.input<T>, schema: T): T {
  return mark(schema, { example: value });
}

/** A boolean that the documented JSON writes as 1 and 2. */
export function flag(): z.ZodBoolean {
  return coded(flagCodec, z.boolean());
}

/** A list of strings that the documented JSON writes as one comma-joined text. */
export function commaList(item: z.ZodType<string, string>): z.ZodArray<z.ZodType<string, string>> {
  return coded(commaCodec, z.array(item));
}

/** One text that the documented JSON writes as a list of one. */
export function listOfOne(schema: z.ZodString): z.ZodString {
  return coded(listOfOneCodec, schema);
}

/** An integer that the documented JSON writes as text. */
export function numberText(schema: z.ZodInt): z.ZodInt {
  return coded(numberTextCodec, schema);
}

/** A map of strings that the documented JSON writes as `[{key, value}]`. */
export function entries(key: z.ZodString, value: z.ZodString): z.ZodRecord<z.ZodString, z.ZodString> {
  return coded(entriesCodec, z.record(key, value));
}

/** Words for what the documented JSON writes as numbers or as names that explain nothing. */
export function words<const W extends Record<string, string | number>>(
  mapping: W,
): z.ZodEnum<{ [Word in keyof W & string]: Word }> {
  const names = Object.keys(mapping) as (keyof W & string)[];
  return coded(
    wordsCodec(mapping),
    z.enum(names) as unknown as z.ZodEnum<{ [Word in keyof W & string]: Word }>,
  );
}

/** One of some words. The documented JSON of what has none of them holds an empty text. */
export function wordOrNothing<const W extends string>(
  choices: readonly W[],
): z.ZodEnum<{ [Word in W]: Word }> {
  const codec = wordsCodec(Object.fromEntries(choices.map((word) => [word, word])));
  const schema = { type: 'string', enum: [...choices, ''] };
  return coded({ ...codec, schema }, z.enum(choices) as unknown as z.ZodEnum<{ [Word in W]: Word }>);
}

/** A fault of an input that one field alone cannot show. */
export interface Fault {
  readonly path: readonly (string | number)[];
  /** What was expected; never the value found, which may be a secret. */
  readonly message: string;
  readonly error?: ControlErrorName;
  /** Values for the placeholders of the error's message, other than the field and the reason. */
  readonly details?: Readonly<Record<string, string | number>>;
}

/** A rule over several fields. It is asked only when all of them are known and valid. */
export interface Rule<Value> {
  readonly on: readonly (keyof Value & string)[];
  check(value: Value): readonly Fault[];
}

/** Defaults that depend on other fields. They are filled only when all of these are known. */
export interface Fill<Value> {
  /** Top-level fields that it reads or writes. */
  readonly on: readonly (keyof Value & string)[];
  /** Must leave its own result unchanged. */
  from(value: Value): Value;
}

/** An output that follows from the input alone. */
export interface Computed<Value> {
  /** Top-level fields that it depends on. */
  readonly on: readonly string[];
  from(value: Value): string;
}

/** Success codes of the operations, where they are not 201, 200 and 204. */
export interface StatusCodes {
  readonly create?: number;
  readonly update?: number;
  readonly delete?: number;
}

/** Fields that an operation of their own writes, below the object's path. */
export interface Aspect {
  readonly fields: readonly string[];
  readonly path: string;
  /** Whether the create operation takes the fields too. */
  readonly inCreate: boolean;
  /** Method for a first value. */
  readonly add: 'POST' | 'PUT';
  /** Method for a changed value. */
  readonly change: 'POST' | 'PUT';
  /** Method when the value is left out; without one it cannot be left out again. A POST is told what it was. */
  readonly remove?: 'DELETE' | 'POST';
  /** Path of the operation that removes the value, where it has one of its own. */
  readonly removePath?: string;
  readonly status?: { readonly add?: number; readonly change?: number; readonly remove?: number };
  /**
   * The single field is a map and a call does one thing to some of its entries: the body has `action`, `create` or
   * `delete`, beside them.
   */
  readonly byEntry?: true;
  /** Names of fields in the requests of the operation, where they have others than in those of the object. */
  readonly names?: Readonly<Record<string, string>>;
  /** Errors that its operations lead to besides those of what the fields say. */
  readonly errors?: readonly ControlErrorName[];
  /** Errors of a first value. */
  readonly addErrors?: readonly ControlErrorName[];
  /** Errors of a changed value. */
  readonly changeErrors?: readonly ControlErrorName[];
  /** Errors of a value that is left out again by a POST, in the place of all others. */
  readonly removeErrors?: readonly ControlErrorName[];
  /** Path of the operation that shows the fields, where the object's own may leave them out. */
  readonly readPath?: string;
}

/** How a kind is read where the service has no operation that returns a single object. */
export type ReadBy =
  | { readonly by: 'get' }
  /** The list is searched for the ID. */
  | { readonly by: 'list' }
  /** An array inside another object is searched; `rename` maps its keys to those of the operations. */
  | {
      readonly by: 'parent';
      readonly path: string;
      readonly array: string;
      readonly rename: Readonly<Record<string, string>>;
    };

/** A field that shows the ID of a default object when it was left out, and the list that tells which one that is. */
export interface StandIn {
  readonly field: string;
  readonly path: string;
  readonly listKey: string;
  /** Key that is `true` for the default object. */
  readonly flag: string;
}

/** A kind with the usual operations: POST and GET on a collection, GET, PUT and DELETE on an item. */
export interface CollectionShape {
  readonly shape: 'collection';
  /** Key of the array in a list answer. */
  readonly listKey: string;
  /** Key of the ID in answers, when not `id`. */
  readonly idKey?: string;
  /** Key of the ID in the answer to create, when it differs. */
  readonly createdIdKey?: string;
  /** Field with the ID of an object of whose objects alone the service makes a list: a list of all is made of several. */
  readonly listsOf?: string;
  readonly standIn?: StandIn;
  readonly read: ReadBy;
  readonly status?: StatusCodes;
  readonly aspects?: readonly Aspect[];
  /** False for kinds that can only be created and deleted. */
  readonly updates: boolean;
  /** Update keeps what its body leaves out; an empty text clears. Otherwise what is left out takes its default. */
  readonly patches?: true;
  /** A list shows only some fields of each object. */
  readonly listIsBrief?: true;
  /** Create by PUT without a body when this field is left out. */
  readonly generatedBy?: string;
  /** Asynchronous creation: the field to watch, the value that means ready, and those that mean failed. */
  readonly ready?: { readonly field: string; readonly value: string; readonly failed: RegExp };
}

/** One policy or app tied to a set of APIs in one environment. The tie has an ID on the service, the set has none. */
export interface BindingShape {
  readonly shape: 'binding';
  /** Field that holds the ID of the policy or app, and its documented names in bodies and queries. */
  readonly owner: { readonly field: string; readonly body: string; readonly query: string };
  /** The ties are made and taken apart below the path of their owner, by these operations on API IDs. They are not addressed by their IDs. */
  readonly byOwner?: { readonly attach: string; readonly detach: string };
  /** What the bind operation is given: publications, or API IDs. */
  readonly target: 'publication' | 'api';
  /** Key of the array in the answer to bind. */
  readonly answerKey: string;
  /** The list of bound APIs: path, array key, and the keys of the API's ID and the tie's ID in it. */
  readonly bound: {
    readonly path: string;
    readonly listKey: string;
    readonly apiId: string;
    readonly bindingId: string;
  };
}

/** Objects of one kind tied to one owner, which is in the path. The tie has no ID; the set has the owner's. */
export interface MembershipShape {
  readonly shape: 'membership';
  /** Field that holds the ID of the owner. */
  readonly owner: string;
  /** Field that holds the IDs of the members, and its documented name in the bind operation. */
  readonly members: { readonly field: string; readonly body: string };
  /** The bind operation: its path below the owner's, and the key of the array in its answer. */
  readonly bind: { readonly path: string; readonly answerKey: string };
  /** The list of members: path, array key, and key of a member's ID. Below it a member is unbound. */
  readonly bound: { readonly path: string; readonly listKey: string; readonly memberId: string };
}

/** One object below its parents, or one for each name, which is set and set again. */
export interface SingletonShape {
  readonly shape: 'singleton';
  /** Field whose value is the object's ID: that of a parent, or a name. */
  readonly idField: string;
  readonly set: { readonly method: 'POST' | 'PUT'; readonly status: number };
  /** The path shows the object, or one without fields when it is not set; or it lists all, each with its name. */
  readonly read: { readonly by: 'get' } | { readonly by: 'list'; readonly listKey: string };
  /** How it ends: it is removed, or set to what it was when nobody had set it. Undefined: it stays. */
  readonly end: 'DELETE' | { readonly initial: (id: string) => Record<string, unknown> | undefined };
}

/** An API in force in one environment. */
export interface PublicationShape {
  readonly shape: 'publication';
}

/** The parts of a description that do not depend on its fields. */
export interface DescriptionParts<
  Input extends z.ZodRawShape,
  Output extends z.ZodRawShape,
  Path extends string,
> {
  /** Name in the registry and in type tokens. */
  readonly kind: string;
  /** What the kind is called in a sentence, for example `throttle`. */
  readonly title: string;
  /** Path of the collection below the project's, with the fields that hold the IDs of its parents. */
  readonly path: Path;
  readonly operations: CollectionShape | BindingShape | MembershipShape | SingletonShape | PublicationShape;
  readonly input: Input;
  readonly output: Output;
  readonly rules?: readonly Rule<z.output<z.ZodObject<Input>>>[];
  readonly fill?: Fill<z.output<z.ZodObject<Input>>>;
  /** Outputs that follow from the input alone, so that a preview knows them. */
  readonly computed?: Readonly<Record<string, Computed<z.output<z.ZodObject<Input>>>>>;
  /** Whether an object that was read has the given write-only values, as far as its outputs tell. */
  readonly recognises?: (
    value: z.output<z.ZodObject<Input>>,
    object: Readonly<Record<string, unknown>>,
  ) => boolean;
  /** Fields that no two objects of one parent may share. */
  readonly unique?: {
    readonly within: readonly string[];
    readonly fields: readonly string[];
    readonly error: ControlErrorName;
  };
  /** Error for an ID that is not there. */
  readonly missing: ControlErrorName;
  /** How many there may be within the named parents, and the error beyond that. */
  readonly quota?: {
    readonly config?: string;
    readonly limit: number;
    readonly within: readonly string[];
    readonly error: ControlErrorName;
  };
  /** Last corrections between the typed and the documented form, for what a single field cannot say. */
  readonly toWire?: (wire: Record<string, unknown>) => Record<string, unknown>;
  readonly fromWire?: (wire: Record<string, unknown>) => Record<string, unknown>;
  /** The same corrections to the JSON Schema of the documented form. */
  readonly wireSchema?: (schema: JsonSchema, of: 'request' | 'answer') => JsonSchema;
}

/** A described kind. */
export interface Description<
  Input extends z.ZodRawShape = z.ZodRawShape,
  Output extends z.ZodRawShape = z.ZodRawShape,
  Path extends string = string,
> extends Omit<DescriptionParts<Input, Output, Path>, 'input' | 'output'> {
  readonly input: z.ZodObject<Input>;
  readonly output: z.ZodObject<Output>;
  /** Fields that hold the IDs of the parents, in the order of the path. */
  readonly parents: readonly string[];
}

/** Describes a kind. */
export function describe<
  const Path extends string,
  Input extends z.ZodRawShape,
  Output extends z.ZodRawShape,
>(parts: DescriptionParts<Input, Output, Path>): Description<Input, Output, Path> {
  const parents = [...parts.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const description = { ...parts, input: z.object(parts.input), output: z.object(parts.output), parents };
  const names = new Set(fieldsOf(description.input).map((field) => field.name));
  const named = [...parents, ...(parts.unique?.within ?? []), ...(parts.unique?.fields ?? [])];
  const unknown = named.find((name) => !names.has(name));
  if (unknown !== undefined) throw new Error(`${parts.kind}: ${unknown} is not a field of its input`);
  return description;
}

type ParentFields<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParentFields<Rest>
  : never;

type WriteOnlyFields<Input> = {
  [Name in keyof Input]: Input[Name] extends WriteOnly ? Name : never;
}[keyof Input];

/** What a caller gives to create an object: fields with a default may be left out. */
export type InputOf<D> =
  D extends Description<infer Input, infer _Output, infer _Path> ? z.input<z.ZodObject<Input>> : never;

/** An input after validation, with its defaults. */
export type SettledOf<D> =
  D extends Description<infer Input, infer _Output, infer _Path> ? z.output<z.ZodObject<Input>> : never;

/** What reading an object returns: its settled input, what the service adds, and its ID. */
export type OutputOf<D> =
  D extends Description<infer Input, infer Output, infer _Path>
    ? Omit<z.output<z.ZodObject<Input>>, WriteOnlyFields<Input>> &
        z.output<z.ZodObject<Output>> & { readonly id: string }
    : never;

/** Names of the fields whose values are never shown in clear. */
export type SecretsOf<D> =
  D extends Description<infer Input, infer _Output, infer _Path>
    ? { [Name in keyof Input]: Input[Name] extends Secret ? Name : never }[keyof Input]
    : never;

/** Names of the fields that a program may leave out, since they are made of the name of its resource. */
export type AutomaticOf<D> =
  D extends Description<infer Input, infer _Output, infer _Path>
    ? { [Name in keyof Input]: Input[Name] extends Automatic ? Name : never }[keyof Input]
    : never;

/** What finds an object: the IDs of its parents and its own. */
export type AddressOf<D> =
  D extends Description<infer Input, infer _Output, infer Path>
    ? Pick<z.output<z.ZodObject<Input>>, ParentFields<Path> & keyof z.output<z.ZodObject<Input>>> & {
        readonly id: string;
      }
    : never;

/** What a list is asked for: the IDs of the parents. */
export type ParentsOf<D> = Omit<AddressOf<D>, 'id'>;
