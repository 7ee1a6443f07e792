import type { Fault } from '../describe.ts';
import { keyAlgorithmOf } from './facts.ts';
import { isChain, parseCertificates, parsePrivateKey } from './pem.ts';

/** What is wrong with a chain of certificates for a server: nothing that depends on the time. */
export function chainFaults(field: string, text: string): readonly Fault[] {
  const path = [field];
  const chain = parseCertificates(text);
  const [leaf] = chain ?? [];
  if (chain === undefined || leaf === undefined) return [{ path, message: 'expected certificates in PEM' }];
  if (keyAlgorithmOf(leaf) === undefined)
    return [{ path, message: 'expected a certificate with an RSA, ECDSA or DSA key' }];
  if (!isChain(chain)) {
    const message = 'expected the certificate first, and after each the one that issued it';
    return [{ path, message, error: 'certificateChainOrderWrong' }];
  }
  if (leaf.subjectAltName === undefined) {
    const message = 'expected a certificate with a subject alternative name';
    return [{ path, message, error: 'certificateWithoutSan' }];
  }
  return [];
}

/** What is wrong with a private key, alone and for the first certificate of a chain. */
export function keyFaults(field: string, text: string, chain: string): readonly Fault[] {
  const path = [field];
  const parsed = parsePrivateKey(text);
  if ('problem' in parsed) {
    const message =
      parsed.problem === 'certificateKeyEncrypted'
        ? 'expected a key that is not encrypted'
        : 'expected a private key in PEM';
    return [{ path, message, error: parsed.problem }];
  }
  const [leaf] = parseCertificates(chain) ?? [];
  if (leaf === undefined || leaf.checkPrivateKey(parsed.key)) return [];
  return [{ path, message: 'expected the key of the certificate', error: 'certificateKeyMismatch' }];
}

/** What is wrong with certificates of authorities that are to be trusted. */
export function authorityFaults(field: string, text: string): readonly Fault[] {
  const authorities = parseCertificates(text);
  return authorities?.every(({ ca }) => ca) === true
    ? []
    : [{ path: [field], message: 'expected certificates of authorities in PEM' }];
}
