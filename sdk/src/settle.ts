import type { z } from 'zod';
import type { Description, Fault } from './describe.ts';
import { withoutEmpty } from './empty.ts';
import type { ControlErrorName } from './errors.ts';
import { holdsUnknown, relax } from './relax.ts';
import type { Json } from './wire.ts';

/** A fault with the error that a management API answers. */
export interface SettledFault extends Fault {
  readonly error: ControlErrorName;
  /** Bound that was broken, for errors that name one. */
  readonly limit?: number;
}

/** The settled value, or everything that is wrong with the input. */
export type Settlement =
  | { readonly value: Json; readonly faults: readonly [] }
  | { readonly value?: undefined; readonly faults: readonly SettledFault[] };

/**
 * Validates an input of a kind and fills its defaults. The same function guards previews and the management API, so
 * that what one lets pass the other does too. Settling a settled value changes nothing.
 *
 * @param isUnknown tells which values stand for ones that a preview does not know yet, at any depth: they pass, rules over
 *   their fields are not asked, and defaults that depend on their fields are not filled.
 */
export function settle(
  description: Description,
  input: Json,
  isUnknown: (value: unknown) => boolean = () => false,
): Settlement {
  const given = withoutEmpty(description.input, input) as Json;
  const schema = relax(description.input, given, isUnknown) as typeof description.input;
  // The value found tells a missing one from a wrong one, and goes no further.
  const parsed = schema.safeParse(given, { reportInput: true });
  if (!parsed.success) return { faults: parsed.error.issues.map(toFault) };
  const { fill } = description;
  const areKnown = (fields: readonly string[]) =>
    fields.every((field) => !holdsUnknown(given[field], isUnknown));
  const value = withoutUndefined(fill && areKnown(fill.on) ? fill.from(parsed.data) : parsed.data);
  const faults = (description.rules ?? [])
    .filter((rule) => areKnown(rule.on))
    .flatMap((rule) => rule.check(value as never))
    .map((fault) => ({ ...fault, error: fault.error ?? ('valueInvalid' as const) }));
  return faults.length > 0 ? { faults } : { value, faults: [] };
}

function withoutUndefined(value: Json): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

function toFault(issue: z.core.$ZodIssue): SettledFault {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  if (issue.input === undefined && issue.code === 'invalid_type')
    return { path, message: 'expected a value', error: 'valueMissing' };
  if (issue.input === undefined && issue.code === 'invalid_value')
    return { path, message: expectation(issue), error: 'valueMissing' };
  if (issue.code === 'too_small' && (issue.origin === 'number' || issue.origin === 'int')) {
    return {
      path,
      message: `expected at least ${issue.minimum}`,
      error: 'valueTooSmall',
      limit: Number(issue.minimum),
    };
  }
  if (issue.code === 'too_big' && (issue.origin === 'number' || issue.origin === 'int')) {
    return {
      path,
      message: `expected at most ${issue.maximum}`,
      error: 'valueTooLarge',
      limit: Number(issue.maximum),
    };
  }
  return { path, message: expectation(issue), error: 'valueInvalid' };
}

/** What was expected, in words that never repeat the value found. */
function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}`;
    case 'invalid_value':
      return `expected one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `expected at least ${issue.minimum} ${unitOf(issue.origin)}`;
    case 'too_big':
      return `expected at most ${issue.maximum} ${unitOf(issue.origin)}`;
    case 'invalid_format':
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return issue.message;
  }
}

function unitOf(origin: string): string {
  return origin === 'string' ? 'characters' : 'items';
}
