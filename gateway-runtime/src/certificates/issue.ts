import 'reflect-metadata';
import { randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { KeyedCertificate } from '@apig/sdk/contract';

/** What a certificate is to say. */
export interface CertificateRequest {
  /** Host names and addresses that it is for; without one it has no alternative names. */
  readonly names: readonly string[];
  /** Common name; the first of the names unless given. */
  readonly commonName?: string;
  /** Milliseconds since the epoch. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Signs it, with a key on the same curve; it signs itself unless given. */
  readonly issuer?: KeyedCertificate;
  /** Whether it may sign others. */
  readonly isAuthority?: boolean;
  /** What it is for; a server unless given, of an authority anything. */
  readonly usage?: 'server' | 'client';
}

const { subtle } = webcrypto;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const USAGES = { server: ExtendedKeyUsage.serverAuth, client: ExtendedKeyUsage.clientAuth };
const DAY_MS = 86_400_000;
/** Longest validity that clients commonly accept of certificates they were told to trust. */
const VALID_MS = 397 * DAY_MS;

/** Makes a self-signed server certificate for host names and addresses, for hosts that have none of their own. */
export function createSelfSignedCertificate(
  names: readonly string[],
  nowMs: number,
): Promise<KeyedCertificate> {
  return issueCertificate({
    names,
    notBeforeMs: nowMs - DAY_MS,
    notAfterMs: nowMs + VALID_MS,
    isAuthority: true,
    usage: 'server',
  });
}

/** Makes a certificate with a new key (ECDSA, P-256). Source: RFC 5280, sections 4.1 and 4.2. */
export async function issueCertificate(request: CertificateRequest): Promise<KeyedCertificate> {
  const { names, notBeforeMs, notAfterMs, issuer, isAuthority = false } = request;
  const usage = request.usage ?? (isAuthority ? undefined : 'server');
  const keys = await subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const subject = nameOf(request.commonName ?? names[0] ?? '');
  const certificate = await X509CertificateGenerator.create({
    serialNumber: newSerialNumber(),
    subject,
    issuer: issuer === undefined ? subject : nameOf(commonNameOf(issuer)),
    notBefore: new Date(notBeforeMs),
    notAfter: new Date(notAfterMs),
    publicKey: keys.publicKey,
    signingKey: issuer === undefined ? keys.privateKey : await signingKeyOf(issuer),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(isAuthority, undefined, true),
      ...(usage === undefined ? [] : [new ExtendedKeyUsageExtension([USAGES[usage]])]),
      ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names.map(alternativeName))]),
    ],
  });
  const key = await subtle.exportKey('pkcs8', keys.privateKey);
  return {
    certificate: linesOf(certificate.toString('pem')),
    key: linesOf(PemConverter.encode(key, 'PRIVATE KEY')),
  };
}

/** A text in PEM with the line end that its last line lacks. */
function linesOf(pem: string): string {
  return `${pem}\n`;
}

/** Positive, and without a leading zero byte. */
function newSerialNumber(): string {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return serial.toString('hex');
}

function nameOf(commonName: string) {
  return [{ CN: [commonName] }];
}

function commonNameOf({ certificate }: KeyedCertificate): string {
  return new X509Certificate(certificate).subject.replace(/^CN=/, '');
}

function signingKeyOf({ key }: KeyedCertificate): Promise<webcrypto.CryptoKey> {
  const [pkcs8 = new ArrayBuffer()] = PemConverter.decode(key);
  return subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['sign']);
}

function alternativeName(value: string) {
  return { type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value };
}
