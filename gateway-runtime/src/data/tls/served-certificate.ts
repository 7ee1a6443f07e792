import { hash } from 'node:crypto';
import type { Stored } from '../../store/configuration.ts';

/** A certificate in force on a domain. The same one as long as nothing about it changes. */
export interface ServedCertificate {
  /** Chain in PEM. */
  readonly certificate: string;
  /** Private key in PEM. */
  readonly key: string;
  /** Authorities in PEM that callers' certificates must come from; undefined when callers need none. */
  readonly callersCa: string | undefined;
  /** Tells those authorities from others; undefined like these. */
  readonly callersCaId: string | undefined;
}

/** Stored objects never change, so what was made of one stays right. */
const made = new WeakMap<Stored<'certificate'>, { lax?: ServedCertificate; strict?: ServedCertificate }>();

/** What a domain serves with a certificate. */
export function servedCertificate(
  stored: Stored<'certificate'>,
  verifiesCallers: boolean,
): ServedCertificate {
  const { certificate, privateKey: key, trustedRootCa } = stored.body;
  const known = made.get(stored) ?? {};
  made.set(stored, known);
  if (!verifiesCallers || trustedRootCa === undefined) {
    known.lax ??= { certificate, key, callersCa: undefined, callersCaId: undefined };
    return known.lax;
  }
  known.strict ??= { certificate, key, callersCa: trustedRootCa, callersCaId: hash('sha256', trustedRootCa) };
  return known.strict;
}
