import type { X509Certificate } from 'node:crypto';

/** What a certificate says of itself, in the form of the documented answers. */
export interface CertificateFacts {
  readonly commonName: string;
  readonly subjectAlternativeNames: readonly string[];
  /** RFC 3339 in UTC. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** Decimal. */
  readonly serialNumber: string;
  /** For example `SHA256-RSA`. */
  readonly signatureAlgorithm: string;
  /** Algorithm of its key: `RSA`, `ECC` or `DSA`. */
  readonly keyAlgorithm: string;
  readonly version: number;
  readonly organizations: readonly string[];
  readonly organizationalUnits: readonly string[];
  readonly localities: readonly string[];
  readonly states: readonly string[];
  readonly countries: readonly string[];
  readonly issuers: readonly string[];
}

/** Names that the documented answers use, by object identifier. Source: RFC 8017, appendix C; RFC 5758, section 3. */
const SIGNATURE_ALGORITHMS: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.5': 'SHA1-RSA',
  '1.2.840.113549.1.1.10': 'RSASSA-PSS',
  '1.2.840.113549.1.1.11': 'SHA256-RSA',
  '1.2.840.113549.1.1.12': 'SHA384-RSA',
  '1.2.840.113549.1.1.13': 'SHA512-RSA',
  '1.2.840.10040.4.3': 'DSA-SHA1',
  '2.16.840.1.101.3.4.3.2': 'DSA-SHA256',
  '1.2.840.10045.4.1': 'ECDSA-SHA1',
  '1.2.840.10045.4.3.2': 'ECDSA-SHA256',
  '1.2.840.10045.4.3.3': 'ECDSA-SHA384',
  '1.2.840.10045.4.3.4': 'ECDSA-SHA512',
};

const KEY_ALGORITHMS: Readonly<Record<string, string>> = {
  rsa: 'RSA',
  'rsa-pss': 'RSA',
  ec: 'ECC',
  dsa: 'DSA',
};

/** Reads what a certificate says of itself. */
export function factsOf(certificate: X509Certificate): CertificateFacts {
  const subject = attributesOf(certificate.subject);
  const issuer = attributesOf(certificate.issuer);
  const { signatureAlgorithm, signatureAlgorithmOid } = certificate;
  return {
    commonName: subject.get('CN')?.[0] ?? '',
    subjectAlternativeNames: namesOf(certificate.subjectAltName),
    notBefore: toTime(certificate.validFromDate),
    notAfter: toTime(certificate.validToDate),
    serialNumber: BigInt(`0x${certificate.serialNumber}`).toString(),
    signatureAlgorithm: SIGNATURE_ALGORITHMS[signatureAlgorithmOid] ?? signatureAlgorithm ?? '',
    keyAlgorithm: keyAlgorithmOf(certificate) ?? '',
    // Only the third version has extensions, and without one there are no alternative names.
    version: 3,
    organizations: subject.get('O') ?? [],
    organizationalUnits: subject.get('OU') ?? [],
    localities: subject.get('L') ?? [],
    states: subject.get('ST') ?? [],
    countries: subject.get('C') ?? [],
    issuers: ['CN', 'O'].flatMap((name) => issuer.get(name) ?? []),
  };
}

/** The algorithm of a certificate's key; undefined when it is none that gateways serve. */
export function keyAlgorithmOf({ publicKey }: X509Certificate): string | undefined {
  return KEY_ALGORITHMS[publicKey.asymmetricKeyType ?? ''];
}

/** `CN=a\nO=b` to its attributes; several values of one name are lines of their own. */
function attributesOf(name: string | undefined): ReadonlyMap<string, readonly string[]> {
  const attributes = new Map<string, string[]>();
  for (const line of (name ?? '').split('\n')) {
    const at = line.indexOf('=');
    if (at < 0) continue;
    const key = line.slice(0, at);
    attributes.set(key, [...(attributes.get(key) ?? []), line.slice(at + 1)]);
  }
  return attributes;
}

function namesOf(text: string | undefined): readonly string[] {
  return [...(text ?? '').matchAll(/(?:DNS|IP Address):([^,]+)/g)].map(([, name = '']) => name.trim());
}

function toTime(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
