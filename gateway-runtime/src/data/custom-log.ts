import type { CustomLogField } from '../features.ts';
import type { Call } from './call.ts';
import { cookieOf } from './cookie.ts';
import { fromHeader } from './header-text.ts';
import { queryOf } from './query.ts';
import { MASK, SECRET_HEADERS } from './secret-headers.ts';

/** Characters of all fields of a call together. Source: user guide, "Configuring Gateway Parameters" (custom_log). */
const MAX_CHARACTERS = 2048;

/** What the log tells of a call because the gateway is told to, in the order of its configuration. */
export function customData(call: Call): Readonly<Record<string, string>> {
  const data: Record<string, string> = {};
  let left = MAX_CHARACTERS;
  for (const [index, field] of call.features.customLog.entries()) {
    const value = valueOf(call, field)?.slice(0, left);
    if (value === undefined) continue;
    left -= value.length;
    data[`custom_data_log${String(index + 1).padStart(2, '0')}`] = value;
  }
  return data;
}

function valueOf(call: Call, { location, name }: CustomLogField): string | undefined {
  switch (location) {
    case 'query':
      return queryOf(call).find((piece) => piece.name === name)?.value;
    case 'cookie':
      return cookieOf(call, name);
    case 'header': {
      const value = call.headers.joined(name.toLowerCase());
      if (value === undefined) return undefined;
      return SECRET_HEADERS.has(name.toLowerCase()) ? MASK : fromHeader(value);
    }
  }
}
