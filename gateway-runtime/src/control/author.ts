import type { Author } from '../store/ledger.ts';
import type { ControlCall } from './call.ts';
import { headerInvalid } from './own-refusals.ts';

const PREFIX = 'x-apig-provenance-';
const MAX_ENTRIES = 8;
const MAX_NAME = 40;
const MAX_VALUE = 256;

/**
 * Who makes a change by a call, and where it comes from: clients may say that in headers `X-Apig-Provenance-<name>`,
 * such as `X-Apig-Provenance-Commit`, which are kept with the change and mean nothing to the gateway.
 *
 * @throws the refusal of headers that are too many or too long.
 */
export function authorOf({ account, credential, requestId, headers }: ControlCall): Author {
  const provenance = provenanceIn(headers);
  return {
    actor: `${account.domainName}/${account.userName}`,
    credential,
    requestId,
    ...(provenance && { provenance }),
  };
}

function provenanceIn(headers: ControlCall['headers']): Readonly<Record<string, string>> | undefined {
  const entries = Object.entries(headers)
    .filter(([name]) => name.startsWith(PREFIX))
    .map(([name, value]) => [name.slice(PREFIX.length), value] as const);
  if (entries.length === 0) return undefined;
  if (entries.length > MAX_ENTRIES) throw headerInvalid(`${PREFIX}*`, `expected at most ${MAX_ENTRIES}`);
  for (const [name, value] of entries) {
    if (name === '' || name.length > MAX_NAME) {
      throw headerInvalid(`${PREFIX}*`, `expected names of 1 to ${MAX_NAME} characters`);
    }
    if (!/^[\t\x20-\x7e]*$/.test(value) || value.length > MAX_VALUE) {
      throw headerInvalid(PREFIX + name, `expected at most ${MAX_VALUE} printable ASCII characters`);
    }
  }
  return Object.fromEntries(entries);
}
