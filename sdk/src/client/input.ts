import type { Description } from '../describe.ts';
import { ApigError, controlErrors } from '../errors.ts';
import { settle } from '../settle.ts';
import type { Json } from '../wire.ts';

/**
 * An input with its defaults.
 *
 * @throws ApigError with every fault in `details.faults`, before anything is sent.
 */
export function settled(description: Description, input: Json): Json {
  const settlement = settle(description, input);
  if (settlement.value !== undefined) return settlement.value;
  const faults = settlement.faults.map(({ path, message }) => ({ path: path.join('.'), message }));
  const name = settlement.faults[0]?.error ?? 'valueInvalid';
  const { code, status } = controlErrors[name];
  const text = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new ApigError({
    code,
    status,
    message: `Invalid ${description.title}: ${text}`,
    details: { faults },
  });
}

/** The input of another kind's fields with the given values only. */
export function without(value: Json, names: readonly string[]): Json {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}
