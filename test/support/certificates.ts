import type { KeyedCertificate } from '@apig/sdk/contract';
import { issueCertificate } from '../../gateway-runtime/src/certificates/issue.ts';

const DAY_MS = 86_400_000;

/** How a certificate under test differs from the usual one. */
export interface TestCertificateOptions {
  readonly issuer?: KeyedCertificate;
  readonly isAuthority?: boolean;
  readonly usage?: 'server' | 'client';
  readonly commonName?: string;
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
}

/** A certificate for some names; valid now, for a month, unless told otherwise. */
export function makeCertificate(
  names: readonly string[],
  options: TestCertificateOptions = {},
): Promise<KeyedCertificate> {
  const now = Date.now();
  return issueCertificate({ names, notBeforeMs: now - DAY_MS, notAfterMs: now + 30 * DAY_MS, ...options });
}

/** An authority that can issue certificates. */
export function makeAuthority(commonName: string, issuer?: KeyedCertificate): Promise<KeyedCertificate> {
  return makeCertificate([], { commonName, isAuthority: true, ...(issuer && { issuer }) });
}
