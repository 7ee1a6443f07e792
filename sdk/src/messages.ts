import { z } from 'zod';
import type { Description } from './describe.ts';
import { withoutEmpty } from './empty.ts';
import { fieldsOf } from './fields.ts';
import { decode, encode, type Json } from './wire.ts';

/*
 * One object of a kind as the documented requests and answers have it. The IDs of the parents stand in the path and not
 * in the body; values that follow from the input (`computed`) are on neither.
 */

/** The body of a create or update request, for a settled input. */
export function toRequest(description: Description, value: Json): Json {
  const wire = encode(description.input, value, description.parents);
  return description.toWire ? description.toWire(wire) : wire;
}

/** The input that a create or update request holds, unvalidated; `parents` are the IDs of its path. */
export function fromRequest(description: Description, body: Json, parents: Json): Json {
  const wire = description.fromWire ? description.fromWire(body) : body;
  return { ...decode(description.input, wire), ...parents };
}

/** The answer that shows an object: its settled input and its outputs. Without what only a server adds, and what it keeps to itself. */
export function toAnswer(description: Description, id: string, value: Json): Json {
  const operations = description.operations;
  const idKey = (operations.shape === 'collection' ? operations.idKey : undefined) ?? 'id';
  const shown = Object.fromEntries(
    Object.entries(value).filter(([name]) => !writeOnlyFields(description).includes(name)),
  );
  return { [idKey]: id, ...toRequest(description, shown), ...encode(description.output, value) };
}

/**
 * The object that an answer shows. What a newer service says in values that this contract does not know is kept as it
 * is, so that reading never fails on it.
 */
export function fromAnswer(
  description: Description,
  body: Json,
  parents: Json,
): Json & { readonly id: string } {
  const wire = description.fromWire ? description.fromWire(body) : body;
  const operations = description.operations;
  const idKey = (operations.shape === 'collection' ? operations.idKey : undefined) ?? 'id';
  const shown = withoutEmpty(description.input, decode(description.input, wire)) as Json;
  const input = settled(description, { ...shown, ...parents });
  return {
    ...input,
    ...decode(description.output, wire),
    ...computedOf(description, input),
    id: String(wire[idKey]),
  };
}

/** Fields that requests have and answers have not. */
export function writeOnlyFields({ input }: Description): readonly string[] {
  return fieldsOf(input)
    .filter(({ marks }) => marks.writeOnly)
    .map(({ name }) => name);
}

/** The outputs that follow from a settled input. */
export function computedOf(description: Description, value: Json): Json {
  return Object.fromEntries(
    Object.entries(description.computed ?? {}).map(([name, output]) => [name, output.from(value)]),
  );
}

function settled(description: Description, decoded: Json): Json {
  const parsed = description.input.safeParse(decoded);
  if (!parsed.success) return decoded;
  return z
    .record(z.string(), z.unknown())
    .parse(description.fill ? description.fill.from(parsed.data) : parsed.data);
}
