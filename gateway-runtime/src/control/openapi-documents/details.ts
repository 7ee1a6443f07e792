import { isDeepStrictEqual } from 'node:util';
import { descriptionOf, shortForm, type Json, type Kind } from '@apig/sdk/contract';
import { OWN_FIELD } from './extension-fields.ts';
import { objectAt } from './values.ts';

/**
 * What a document has no place for: the fields of a part that reading the document back would not give. With them
 * nothing is lost, and without need there are none.
 *
 * @param path leads to the part in requests of the kind, as `shortForm` takes it
 */
export function detailsOf(kind: Kind, path: readonly string[], part: Json, readBack: Json): Json {
  const description = descriptionOf(kind);
  const wanted = shortForm(description, path, part);
  const found = shortForm(description, path, readBack);
  const details: Json = {};
  for (const [name, value] of Object.entries(wanted)) {
    if (!isDeepStrictEqual(value, found[name])) details[name] = value;
  }
  // What is the default, and is not by what else the document says.
  for (const name of Object.keys(found)) if (!Object.hasOwn(wanted, name)) details[name] = null;
  return details;
}

/** The field that holds details, when there are any. */
export function detailsField(details: Json): Json {
  return Object.keys(details).length === 0 ? {} : { [OWN_FIELD.details]: details };
}

/** A part with the details that its object in a document holds, apart from those that others say. */
export function withDetails(part: Json, holder: Json, except: readonly string[] = []): Json {
  const details = Object.entries(objectAt(holder, OWN_FIELD.details) ?? {});
  return { ...part, ...Object.fromEntries(details.filter(([name]) => !except.includes(name))) };
}

/** An object without the fields that are undefined, as JSON has it. */
export function compact(value: Json): Json {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));
}
