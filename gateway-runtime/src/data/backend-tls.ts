import { rootCertificates } from 'node:tls';
import type { BackendCertificate } from '../features.ts';

/** How connections to backends over TLS are made. */
export interface BackendTlsOptions {
  readonly rejectUnauthorized: boolean;
  readonly ca?: string[];
  readonly cert?: string;
  readonly key?: string;
}

/** The same with a certificate of the gateway's own, and the issuers that came with it. */
export function withCertificate(
  tls: BackendTlsOptions,
  certificate: BackendCertificate | undefined,
): BackendTlsOptions {
  if (certificate === undefined) return tls;
  const { certificate: cert, key, ca } = certificate;
  return { ...tls, cert, key, ...(ca !== undefined && { ca: [...(tls.ca ?? rootCertificates), ca] }) };
}
