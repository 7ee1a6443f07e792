import { fail, toWirePath, type Description, type Json, type SettledFault } from '@apig/sdk/contract';

/** The error that answers an invalid input: that of its first fault, with the field's documented name. */
export function toError(description: Description, fault: SettledFault): Error {
  const field = toWirePath(description.input, fault.path);
  if (description.kind === 'gateway') return fail('gatewayFieldInvalid', { reason: fault.message, field });
  const limit = fault.limit ?? '';
  const name = fault.path.at(-1) ?? '';
  const range = fault.message;
  // Each entry of the catalogue takes some of these for its message.
  return fail(fault.error, { reason: fault.message, field, limit, name, range, ...fault.details } as never);
}

/** The value at the path of a fault. */
export function valueAt(input: Json, path: SettledFault['path']): unknown {
  let value: unknown = input;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}
