import { createPrivateKey, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/** A certificate and its key, both PEM. */
export interface KeyedCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** What a certificate is to say. */
export interface CertificateRequest {
  /** Host names and addresses that it is for; without one it has no alternative names. */
  readonly names: readonly string[];
  /** Common name; the first of the names unless given. */
  readonly commonName?: string;
  /** Milliseconds since the epoch. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Signs it; it signs itself unless given. */
  readonly issuer?: KeyedCertificate;
  /** Whether it may sign others. */
  readonly isAuthority?: boolean;
  /** What it is for; a server unless given, of an authority anything. */
  readonly usage?: 'server' | 'client';
}

const DAY_MS = 86_400_000;
/** Longest validity that clients commonly accept of certificates they were told to trust. */
const VALID_MS = 397 * DAY_MS;

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_ID = 0x06;
const UTF8_STRING = 0x0c;
const GENERALIZED_TIME = 0x18;
const BOOLEAN = 0x01;

// Object identifiers in DER.
const ECDSA_WITH_SHA256 = '2a8648ce3d040302';
const COMMON_NAME = '550403';
const SUBJECT_ALT_NAME = '551d11';
const BASIC_CONSTRAINTS = '551d13';
const EXTENDED_KEY_USAGE = '551d25';
const USAGES = { server: '2b06010505070301', client: '2b06010505070302' } as const;

/** Makes a self-signed server certificate for host names and addresses, for hosts that have none of their own. */
export function createSelfSignedCertificate(names: readonly string[], nowMs: number): KeyedCertificate {
  return issueCertificate({
    names,
    notBeforeMs: nowMs - DAY_MS,
    notAfterMs: nowMs + VALID_MS,
    isAuthority: true,
    usage: 'server',
  });
}

/** Makes a certificate with a new key (ECDSA, P-256). Source: RFC 5280, sections 4.1 and 4.2. */
export function issueCertificate(request: CertificateRequest): KeyedCertificate {
  const { names, notBeforeMs, notAfterMs, issuer, isAuthority = false } = request;
  const usage = request.usage ?? (isAuthority ? undefined : 'server');
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(SEQUENCE, objectId(ECDSA_WITH_SHA256));
  const subject = nameOf(request.commonName ?? names[0] ?? '');
  const serial = randomBytes(16);
  // Positive, and without a leading zero byte.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const alternativeNames =
    names.length === 0 ? [] : [extension(SUBJECT_ALT_NAME, false, der(SEQUENCE, ...names.map(generalName)))];
  const constraints = isAuthority ? [der(BOOLEAN, Buffer.from([0xff]))] : [];
  const toBeSigned = der(
    SEQUENCE,
    der(0xa0, der(INTEGER, Buffer.from([2]))),
    der(INTEGER, serial),
    algorithm,
    issuer === undefined ? subject : nameOf(commonNameOf(issuer)),
    der(SEQUENCE, time(notBeforeMs), time(notAfterMs)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(
      0xa3,
      der(
        SEQUENCE,
        extension(BASIC_CONSTRAINTS, true, der(SEQUENCE, ...constraints)),
        ...(usage === undefined
          ? []
          : [extension(EXTENDED_KEY_USAGE, false, der(SEQUENCE, objectId(USAGES[usage])))]),
        ...alternativeNames,
      ),
    ),
  );
  const signature = sign('sha256', toBeSigned, issuer ? createPrivateKey(issuer.key) : privateKey);
  const certificate = der(SEQUENCE, toBeSigned, algorithm, der(BIT_STRING, Buffer.from([0]), signature));
  return {
    certificate: new X509Certificate(certificate).toString(),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function commonNameOf({ certificate }: KeyedCertificate): string {
  return new X509Certificate(certificate).subject.replace(/^CN=/, '');
}

function nameOf(commonName: string): Buffer {
  const value = der(UTF8_STRING, Buffer.from(commonName));
  return der(SEQUENCE, der(SET, der(SEQUENCE, objectId(COMMON_NAME), value)));
}
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const head =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

function objectId(hex: string): Buffer {
  return der(OBJECT_ID, Buffer.from(hex, 'hex'));
}

function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  const critical = isCritical ? [der(BOOLEAN, Buffer.from([0xff]))] : [];
  return der(SEQUENCE, objectId(id), ...critical, der(OCTET_STRING, value));
}

function time(timeMs: number): Buffer {
  // Four-digit years beyond 2049 need this form; X.509 asks for the shorter one before.
  const text = new Date(timeMs).toISOString().replace(/\.\d+|[-:T]/g, '');
  return Number(text.slice(0, 4)) < 2050
    ? der(0x17, Buffer.from(text.slice(2)))
    : der(GENERALIZED_TIME, Buffer.from(text));
}

function generalName(name: string): Buffer {
  const family = isIP(name);
  if (family === 4) return der(0x87, Buffer.from(name.split('.').map(Number)));
  return family === 6 ? der(0x87, ipv6Bytes(name)) : der(0x82, Buffer.from(name));
}

function ipv6Bytes(address: string): Buffer {
  const [head = '', tail = ''] = address.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array.from({ length: missing }, () => '0'), ...groups(tail)];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
