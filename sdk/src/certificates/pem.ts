import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';

/** A text in PEM as it is compared and kept: line ends and blanks around lines mean nothing. Source: RFC 7468, section 3. */
export function normalPem(text: string): string {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim());
  const kept = lines.filter((line) => line !== '');
  return kept.length === 0 ? '' : `${kept.join('\n')}\n`;
}

/** The certificates of a PEM text in their order; undefined when it holds none, or something else. */
export function parseCertificates(text: string): readonly X509Certificate[] | undefined {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if (blocks === null) return undefined;
  // What stands between the blocks is commentary, unless it is another sort of block.
  if (text.split('-----BEGIN ').length - 1 !== blocks.length) return undefined;
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    // Whatever the parser did not like, it is no certificate.
    return undefined;
  }
}

/** What a PEM text is as a private key. */
export type ParsedKey =
  { readonly key: KeyObject } | { readonly problem: 'certificateKeyEncrypted' | 'certificateKeyUnusable' };

/** Reads an unencrypted private key. */
export function parsePrivateKey(text: string): ParsedKey {
  if (/ENCRYPTED/.test(text)) return { problem: 'certificateKeyEncrypted' };
  try {
    return { key: createPrivateKey(text) };
  } catch {
    // The parser's message is of no use to callers, and may repeat what was given.
    return { problem: 'certificateKeyUnusable' };
  }
}

/** Whether each certificate of a chain is issued by the next one. */
export function isChain(certificates: readonly X509Certificate[]): boolean {
  return certificates.every((certificate, index) => {
    const issuer = certificates[index + 1];
    return issuer === undefined || isIssuedBy(certificate, issuer);
  });
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
