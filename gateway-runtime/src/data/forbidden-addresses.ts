import { lookup as lookUp } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { fail, type ApigError } from '@apig/sdk/contract';
import { toAddress } from './address.ts';
import { AddressTable } from './address-table.ts';

/**
 * Where machines of clouds are told what they are, and get their credentials: link-local addresses, and the one of
 * IPv6. Sources: RFC 3927; RFC 4291, section 2.5.6; the documentation of the metadata services.
 */
export const METADATA_ADDRESSES: readonly string[] = ['169.254.0.0/16', 'fe80::/10', 'fd00:ec2::254'];

/** Addresses that nothing is sent to, whoever asks for it, and whatever name stands for them. */
export class ForbiddenAddresses {
  readonly #table: AddressTable;

  /** @param texts addresses and networks */
  constructor(texts: readonly string[]) {
    this.#table = new AddressTable(texts);
  }

  /** Whether a host is such an address. A name is judged when it is looked up. */
  has(host: string): boolean {
    return isIP(host) !== 0 && this.#table.has(toAddress(host));
  }

  /** Looks a name up, and leaves such addresses out: between looking up and connecting nobody can change them. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    lookUp(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) {
        callback(error, '');
        return;
      }
      const allowed = found.filter(({ address }) => !this.has(address));
      const [first] = allowed;
      if (first === undefined) callback(Object.assign(new Error(`${hostname} is not called`), FORBIDDEN), '');
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

/** What a call to such an address comes to. */
export function forbidden(host: string): ApigError {
  return fail('backendUnavailable', {}, { cause: new Error(`${host} is not called`) });
}

const FORBIDDEN = { code: 'EACCES' };
