import { fail } from '@apig/sdk/contract';
import { toAddress, type Address } from './address.ts';
import type { Call } from './call.ts';

/**
 * Where a call comes from: the other end of its connection or, where the gateway says so, what a header tells of it. A
 * header that does not tell it leaves the other end.
 *
 * Source: user guide, "Configuring Gateway Parameters" (real_ip_from_xff, real_ip_header_getter).
 *
 * @throws `clientAddressUnknown` for what is no address
 */
export function findCallerAddress(call: Call): Address {
  const { callerAddress: source } = call.features;
  if (source.by === 'peer') return call.connection.peer;
  const text =
    source.by === 'header' ? call.headers.first(source.name)?.trim() : forwarded(call, source.index);
  if (text === undefined || text === '') return call.connection.peer;
  const address = toAddress(text);
  if (address.family === 0) throw fail('clientAddressUnknown');
  return address;
}

function forwarded({ headers }: Call, index: number): string | undefined {
  const text = headers.joined('x-forwarded-for');
  return text
    ?.split(',')
    .map((part) => part.trim())
    .at(index);
}
