import * as pulumi from '@pulumi/pulumi';
import {
  descriptionOf,
  fieldsOf,
  type Description,
  type InputOf,
  type Json,
  type Kind,
  type OutputOf,
  type Resources,
} from '@apig/sdk/contract';
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
export type ArgsOf<D> = { [Name in keyof InputOf<D>]: Given<InputOf<D>[Name]> };

/** A resource: its arguments with their defaults, and what the service adds. */
export type ResourceOf<D> = pulumi.CustomResource & {
  readonly [Name in Exclude<keyof OutputOf<D>, 'id'>]: pulumi.Output<OutputOf<D>[Name]>;
};

/** The class of a kind's resources. */
export interface ResourceClass<D> {
  /**
   * Declares a resource.
   *
   * @param name unique among the program's resources of this class
   */
  new (name: string, args: ArgsOf<D>, opts?: pulumi.CustomResourceOptions): ResourceOf<D>;
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

  const made = {
    [TYPE_NAMES[kind]]: class extends pulumi.CustomResource {
      constructor(name: string, args: Json, opts: pulumi.CustomResourceOptions = {}) {
        const given = Object.entries(args).map(([field, value]) => [
          field,
          secrets.includes(field) && value !== undefined ? pulumi.secret(value) : value,
        ]);
        // Outputs that are not declared do not exist on the object.
        const properties = { ...declared, ...Object.fromEntries(given), __provider: stub } as pulumi.Inputs;
        super(token, name, properties, pulumi.mergeOptions(opts, { additionalSecretOutputs: secrets }));
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
