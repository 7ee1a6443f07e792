import { fail } from '@apig/sdk/contract';
import type { Call } from './call.ts';
import type { HostEntry } from './snapshot.ts';

/** Versions from the oldest to the newest. */
const VERSIONS: readonly string[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

/**
 * Refuses an encrypted call whose connection is not as the domain asks: an older version, or no certificate of the
 * right authorities. It is the domain of the call that counts, not the one that the handshake named.
 *
 * Source: user guide, "Binding a Domain Name" (TLS versions, client certificates).
 *
 * @throws `tlsVersionRefused`, `clientCertificateRefused`
 */
export function admitTls({ connection }: Call, { minTlsVersion, certificate }: HostEntry): void {
  const { tls } = connection;
  if (tls === undefined) return;
  if (minTlsVersion !== undefined && VERSIONS.indexOf(tls.version) < VERSIONS.indexOf(minTlsVersion)) {
    throw fail('tlsVersionRefused', { version: tls.version });
  }
  if (certificate?.callersCaId !== undefined && certificate.callersCaId !== tls.callersCaId) {
    throw fail('clientCertificateRefused');
  }
}
