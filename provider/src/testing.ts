import { createHash } from 'node:crypto';
import { secret, type runtime } from '@pulumi/pulumi';
import { descriptionOf, fieldsOf, resources, type Field, type Json, type Kind } from '@apig/sdk/contract';
import { check } from './check.ts';
import { withName } from './names.ts';
import { generatedFields } from './properties.ts';
import { typeTokenOf } from './type-names.ts';

/*
 * Help for unit tests of programs: `pulumi.runtime.setMocks(mocks())` before the program is imported, and its resources
 * are made without engine and gateway. Arguments are checked as a preview checks them.
 */

/** A resource as a program declared it, with the arguments that were filled in. */
export interface Declared {
  /** Kind as the sdk names it, for example `throttle`; undefined for resources of other providers. */
  readonly kind: Kind | undefined;
  readonly type: string;
  readonly name: string;
  readonly id: string;
  /** What a program gave, with the defaults of what it left out. */
  readonly inputs: Json;
}

/** Mocks for `pulumi.runtime.setMocks`, and what the program declared so far. */
export interface ProgramMocks extends runtime.Mocks {
  readonly declared: readonly Declared[];
}

const KINDS = new Map(Object.keys(resources).map((kind) => [typeTokenOf(kind as Kind), kind as Kind]));
const SAME_TIME = '2026-01-01T00:00:00Z';

/**
 * Mocks that answer for all kinds. IDs and other outputs of the service are made up, the same in each run. A resource with
 * a wrong argument fails with the message of a preview; resources of other providers get their inputs as outputs.
 */
export function mocks(): ProgramMocks {
  const declared: Declared[] = [];
  return {
    declared,
    newResource: ({ type, name, inputs, id: existing }) => {
      const kind = KINDS.get(type);
      const id = existing || createHash('sha256').update(`${type} ${name}`).digest('hex').slice(0, 32);
      const asked = kind === undefined || existing ? (inputs as Json) : checked(kind, name, inputs as Json);
      declared.push({ kind, type, name, id, inputs: asked });
      return { id, state: kind === undefined ? asked : sealed(kind, { ...madeUp(kind, id), ...asked }) };
    },
    call: ({ inputs }) => inputs as Json,
  };
}

function checked(kind: Kind, name: string, args: Json): Json {
  const { inputs, failures } = check(descriptionOf(kind), withName(descriptionOf(kind), {}, args));
  if (failures.length === 0) return inputs;
  const reasons = failures.map(({ property, reason }) => `${property}: ${reason}`);
  throw new Error(`${kind} '${name}': ${reasons.join('; ')}`);
}

/** The secrets among the properties become secrets, as the engine makes them. */
function sealed(kind: Kind, properties: Json): Json {
  const secrets = fieldsOf(descriptionOf(kind).input).filter(({ marks }) => marks.secret);
  const present = secrets.filter(({ name }) => properties[name] !== undefined);
  return {
    ...properties,
    ...Object.fromEntries(present.map(({ name }) => [name, secret(properties[name])])),
  };
}

/** Values in the place of what the service would add. */
function madeUp(kind: Kind, id: string): Json {
  const description = descriptionOf(kind);
  const generated = generatedFields(description);
  const fields = [
    ...fieldsOf(description.output),
    ...fieldsOf(description.input).filter(({ name }) => generated.includes(name)),
  ];
  return Object.fromEntries(fields.map((field) => [field.name, valueFor(field, id)]));
}

function valueFor({ name, inner, optional }: Field, id: string): unknown {
  const words: readonly unknown[] = 'options' in inner && Array.isArray(inner.options) ? inner.options : [];
  const text = /time$/i.test(name) ? SAME_TIME : `${name}-${id.slice(0, 8)}`;
  const found = [...words, text, 1, false, []].find((candidate) => inner.safeParse(candidate).success);
  return found ?? (optional ? undefined : {});
}
