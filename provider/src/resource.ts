import * as pulumi from '@pulumi/pulumi';
import {
  descriptionOf,
  type AddressOf,
  type AutomaticOf,
  fieldsOf,
  type Description,
  type InputOf,
  type Json,
  type Kind,
  type OutputOf,
  type Resources,
  type SettledOf,
} from '@apig/sdk/contract';
import { ADOPT, TIMEOUTS } from './properties.ts';
import { MADE_NAME, nameFor } from './names.ts';
import { stubOf } from './stub.ts';
import { TYPE_NAMES, typeTokenOf } from './type-names.ts';

/** A value that a program gives, at any depth known now or later. */
export type Given<T> = [T] extends [string | number | boolean | undefined]
  ? pulumi.Input<T>
  : T extends readonly (infer Item)[]
    ? pulumi.Input<Given<Item>[]>
    : T extends object
      ? pulumi.Input<{ [Name in keyof T]: Given<T[Name]> }>
      : pulumi.Input<T>;

/** The arguments of a resource. */
export type ArgsOf<D> = Args<InputOf<D>, AutomaticOf<D>>;

// Written over the keys of a type parameter, since only then the fields keep their comments in the editor.
type Args<T, Left> = { [Name in keyof T as Exclude<Name, Left>]: Given<T[Name]> } & {
  [Name in keyof T as Extract<Name, Left>]?: Given<T[Name]> | undefined;
};

/** What finds an object that exists: its ID and those of its parents. */
export type AddressArgsOf<D> = { [Name in keyof AddressOf<D>]: pulumi.Input<AddressOf<D>[Name]> };

/** A resource: its arguments with their defaults, and what the service adds. */
export type ResourceOf<D> = pulumi.CustomResource & Outputs<OutputOf<D> & SettledOf<D>>;

// Written over the keys of a type parameter, since only then the fields keep their comments in the editor.
type Outputs<T> = { readonly [Name in keyof T as Exclude<Name, 'id'>]-?: pulumi.Output<T[Name]> };

/** The options of a resource. */
export interface ResourceOptions extends pulumi.CustomResourceOptions {
  /**
   * Whether the resource takes over an object that exists, found by its name or what else identifies it, and makes it as
   * asked for. Where there is none, one is created. Matters when the resource is created, and never again.
   */
  readonly adopt?: boolean | undefined;
}

/** The class of a kind's resources: `new` takes a name that is unique in the program among those of the class. */
export interface ResourceClass<D> {
  // Without a comment of its own, so that the editor shows the comment of the class.
  new (name: string, args: ArgsOf<D>, opts?: ResourceOptions): ResourceOf<D>;
  /** An object that something else manages: read, never changed nor deleted. */
  get(name: string, address: AddressArgsOf<D>, opts?: pulumi.CustomResourceOptions): ResourceOf<D>;
}

/** Makes the class of a kind. */
export function resourceClass<K extends Kind>(kind: K): ResourceClass<Resources[K]> {
  const description = descriptionOf(kind);
  const token = typeTokenOf(kind);
  const stub = stubOf(kind);
  const secrets = fieldsOf(description.input)
    .filter(({ marks }) => marks.secret)
    .map(({ name }) => name);
  const declared = Object.fromEntries(namesOf(description).map((name) => [name, undefined]));

  const isNamed = fieldsOf(description.input).some(({ marks }) => marks.automatic);
  const madeName = (name: string) =>
    nameFor({ project: pulumi.getProject(), stack: pulumi.getStack(), type: token, name });

  const made = {
    [TYPE_NAMES[kind]]: class extends pulumi.CustomResource {
      constructor(name: string, args: Json, { adopt, ...opts }: ResourceOptions = {}) {
        const given = Object.entries(args).map(([field, value]) => [
          field,
          secrets.includes(field) && value !== undefined ? pulumi.secret(value) : value,
        ]);
        // Outputs that are not declared do not exist on the object.
        const properties = {
          ...declared,
          ...Object.fromEntries(given),
          __provider: stub,
          ...(isNamed && opts.id === undefined && (args['name'] ?? undefined) === undefined
            ? { [MADE_NAME]: madeName(name) }
            : {}),
          ...(adopt === true ? { [ADOPT]: true } : {}),
          ...(opts.customTimeouts === undefined ? {} : { [TIMEOUTS]: opts.customTimeouts }),
        } as pulumi.Inputs;
        super(token, name, properties, pulumi.mergeOptions(opts, { additionalSecretOutputs: secrets }));
      }

      static get(name: string, { id, ...parents }: Json, opts?: pulumi.CustomResourceOptions) {
        return new this(name, parents, { ...opts, id: id as pulumi.Input<pulumi.ID> });
      }
    },
  };
  // The fields of its instances come from the description, which a class expression cannot say.
  return made[TYPE_NAMES[kind]] as unknown as ResourceClass<Resources[K]>;
}

function namesOf(description: Description): readonly string[] {
  return [description.input, description.output].flatMap((fields) =>
    fieldsOf(fields).map(({ name }) => name),
  );
}
