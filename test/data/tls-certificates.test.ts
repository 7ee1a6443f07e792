import { request } from 'node:https';
import { X509Certificate } from 'node:crypto';
import { connect as connectPlain } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { KeyedCertificate } from '@apig/sdk/contract';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import { firstMessage } from '../support/first-message.ts';
import { createId, openTraffic, settled, type Traffic } from '../support/traffic.ts';

const authority = await makeAuthority('Shop Callers');
const otherAuthority = await makeAuthority('Other Callers');
const shop = await makeCertificate(['shop.example.com']);
const wild = await makeCertificate(['*.wild.example.com']);
const exact = await makeCertificate(['exact.wild.example.com']);
const mutual = await makeCertificate(['mutual.example.com']);
const clientOfShop = await makeCertificate([], { commonName: 'caller', issuer: authority, usage: 'client' });
const clientOfOther = await makeCertificate([], {
  commonName: 'caller',
  issuer: otherAuthority,
  usage: 'client',
});

let traffic: Traffic;

beforeAll(async () => {
  traffic = await openTraffic({ https: true, minTlsVersion: 'TLSv1.1' });
  serve('shop.example.com', shop);
  serve('*.wild.example.com', wild);
  serve('exact.wild.example.com', exact);
  serve('mutual.example.com', mutual, { trustedRootCa: authority.certificate });
  serve('strict.example.com', await makeCertificate(['strict.example.com']), { minTlsVersion: 'TLSv1.2' });
  traffic.publish({ path: '/', protocol: 'BOTH' });
});

afterAll(() => traffic.dispose());

/** Binds a domain that serves a certificate. */
function serve(
  name: string,
  { certificate, key }: KeyedCertificate,
  { trustedRootCa, minTlsVersion = 'TLSv1.1' as const }: ServeOptions = {},
): { readonly domainId: string; readonly certificateId: string } {
  const { gatewayId, groupId } = traffic;
  const [domainId, certificateId] = [createId(), createId()];
  putCertificate(certificateId, { certificate, key }, trustedRootCa);
  traffic.put(
    'domain',
    domainId,
    settled('domain', {
      gatewayId,
      groupId,
      name,
      certificateId,
      minTlsVersion,
      verifyClientCertificate: trustedRootCa !== undefined,
    }),
  );
  return { domainId, certificateId };
}

interface ServeOptions {
  readonly trustedRootCa?: string;
  readonly minTlsVersion?: 'TLSv1.1' | 'TLSv1.2';
}

function putCertificate(
  id: string,
  { certificate, key: privateKey }: KeyedCertificate,
  trustedRootCa?: string,
): void {
  const input = {
    name: `certificate_${id}`,
    certificate,
    privateKey,
    ...(trustedRootCa && { trustedRootCa }),
  };
  traffic.put('certificate', id, { ...settled('certificate', input), projectId: 'project' });
}

/** Shakes hands and returns the connection. */
function shake(servername: string, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const { host, port } = traffic.https;
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, servername, rejectUnauthorized: false, ...options }, () =>
      resolve(socket),
    );
    socket.once('error', reject);
  });
}

/** The fingerprint of the certificate that callers of a name meet. */
async function met(servername: string, options?: ConnectionOptions): Promise<string | undefined> {
  const socket = await shake(servername, options);
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

function fingerprintOf({ certificate }: KeyedCertificate): string {
  return new X509Certificate(certificate).fingerprint256;
}

/** Calls `/` over TLS as a host, by a handshake that names a server. */
function call(host: string, options: ConnectionOptions = {}): Promise<{ status: number; text: string }> {
  const { host: address, port } = traffic.https;
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: address,
        port,
        path: '/',
        headers: { host },
        servername: host,
        rejectUnauthorized: false,
        agent: false,
        ...options,
      },
      (answer) => {
        let text = '';
        answer.on('data', (chunk) => (text += String(chunk)));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

describe('a domain with a certificate', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)('shows it over %s', async (version) => {
    expect(await met('shop.example.com', { minVersion: version, maxVersion: version })).toBe(
      fingerprintOf(shop),
    );
  });

  test('is trusted by callers that trust its issuer', async () => {
    const socket = await shake('shop.example.com', { ca: shop.certificate, rejectUnauthorized: true });
    expect(socket.authorized).toBe(true);
    socket.destroy();
  });

  test('with a wildcard shows it on names with one label more', async () => {
    expect(await met('any.wild.example.com')).toBe(fingerprintOf(wild));
    expect(await met('ANY.wild.example.com')).toBe(fingerprintOf(wild));
  });

  test('is more than a wildcard', async () => {
    expect(await met('exact.wild.example.com')).toBe(fingerprintOf(exact));
  });

  test.each(['unknown.example.com', 'two.labels.wild.example.com', ''])(
    'leaves others the certificate of the listener (%j)',
    async (name) => {
      expect(await met(name)).toBe(new X509Certificate(traffic.dataPlane.certificate ?? '').fingerprint256);
    },
  );

  test('answers calls', async () => {
    expect(await call('shop.example.com')).toMatchObject({ status: 200 });
  });

  test('shows another one once it was replaced, and the connections before stay', async () => {
    const { certificateId } = serve('changing.example.com', await makeCertificate(['changing.example.com']));
    const before = await shake('changing.example.com');
    const next = await makeCertificate(['changing.example.com']);
    putCertificate(certificateId, next);
    expect(await met('changing.example.com')).toBe(fingerprintOf(next));
    const answered = new Promise<string>((resolve) => before.once('data', (bytes) => resolve(String(bytes))));
    before.write('GET / HTTP/1.1\r\nHost: changing.example.com\r\n\r\n');
    expect(await answered).toMatch(/^HTTP\/1.1 200 /);
    before.destroy();
  });

  test('shows that of the listener once it is unbound', async () => {
    const { domainId } = serve('passing.example.com', await makeCertificate(['passing.example.com']));
    traffic.remove('domain', domainId);
    expect(await met('passing.example.com')).toBe(
      new X509Certificate(traffic.dataPlane.certificate ?? '').fingerprint256,
    );
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('resumes sessions over %s', async (version) => {
    const versions = { minVersion: version, maxVersion: version };
    const { host, port } = traffic.https;
    const first = connect({
      host,
      port,
      servername: 'shop.example.com',
      rejectUnauthorized: false,
      ...versions,
    });
    const session = new Promise<Buffer>((resolve) => first.once('session', resolve));
    first.resume();
    first.write('GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n');
    const second = await shake('shop.example.com', { ...versions, session: await session });
    expect(second.isSessionReused()).toBe(true);
    first.destroy();
    second.destroy();
  });

  test('reads a first message that comes byte by byte', async () => {
    const hello = await firstMessage('shop.example.com');
    const { host, port } = traffic.https;
    const socket = connectPlain({ host, port, noDelay: true });
    const answered = new Promise<Buffer>((resolve) => socket.once('data', resolve));
    for (const byte of hello) await new Promise((sent) => socket.write(Buffer.from([byte]), sent));
    // A handshake record: the server's own first message.
    expect((await answered)[0]).toBe(22);
    socket.destroy();
  });
});

describe('a domain with a lowest TLS version', () => {
  const old: ConnectionOptions = {
    minVersion: 'TLSv1.1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT:@SECLEVEL=0',
  };

  test('answers callers with an older one 400 with APIG.0204', async () => {
    const answer = await call('strict.example.com', old);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({
      error_code: 'APIG.0204',
      error_msg: 'SSL protocol is not supported: TLSv1.1',
    });
  });

  test('answers others', async () => {
    expect((await call('strict.example.com', { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' })).status).toBe(
      200,
    );
    expect((await call('shop.example.com', old)).status).toBe(200);
  });
});

describe('a domain that verifies callers', () => {
  const refused = { status: 400, text: expect.stringContaining('"APIG.0205"') };
  const asCaller = ({ certificate: cert, key }: KeyedCertificate) => ({ cert, key });

  test('answers a caller whose certificate it trusts', async () => {
    expect(await call('mutual.example.com', asCaller(clientOfShop))).toMatchObject({ status: 200 });
  });

  test('answers others 400 with APIG.0205', async () => {
    expect(await call('mutual.example.com')).toEqual(refused);
    expect(await call('mutual.example.com', asCaller(clientOfOther))).toEqual(refused);
    expect(await call('mutual.example.com', asCaller(await makeCertificate(['caller'])))).toEqual(refused);
  });

  test('is not reached by a handshake that names another domain', async () => {
    const options = { servername: 'shop.example.com', ...asCaller(clientOfShop) };
    expect(await call('mutual.example.com', options)).toEqual(refused);
    serve('other-mutual.example.com', await makeCertificate(['other-mutual.example.com']), {
      trustedRootCa: otherAuthority.certificate,
    });
    const other = { servername: 'other-mutual.example.com', ...asCaller(clientOfOther) };
    expect(await call('mutual.example.com', other)).toEqual(refused);
  });

  test('does not ask the callers of other domains', async () => {
    expect(await call('shop.example.com', asCaller(clientOfOther))).toMatchObject({ status: 200 });
  });

  test('trusts other callers once its authorities were replaced, also on connections before', async () => {
    const { certificateId } = serve('turning.example.com', await makeCertificate(['turning.example.com']), {
      trustedRootCa: authority.certificate,
    });
    const before = await shake('turning.example.com', asCaller(clientOfShop));
    putCertificate(certificateId, await makeCertificate(['turning.example.com']), otherAuthority.certificate);
    expect(await call('turning.example.com', asCaller(clientOfOther))).toMatchObject({ status: 200 });
    const answered = new Promise<string>((resolve) => before.once('data', (bytes) => resolve(String(bytes))));
    before.write('GET / HTTP/1.1\r\nHost: turning.example.com\r\n\r\n');
    expect(await answered).toContain('APIG.0205');
    before.destroy();
  });
});

describe('the encrypted listener', () => {
  test.each([
    ['plain HTTP', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a record that is no handshake', Buffer.from([21, 3, 1, 0, 2, 1, 0])],
    ['a handshake of another sort', Buffer.from([22, 3, 1, 0, 4, 2, 0, 0, 0])],
    ['records without content', Buffer.from([22, 3, 1, 0, 0, 22, 3, 1, 0, 0])],
    [
      'lengths that lead nowhere',
      Buffer.concat([Buffer.from([22, 3, 1, 0, 44, 1, 0, 0, 40]), Buffer.alloc(40, 255)]),
    ],
  ])('closes on %s, and serves on', async (_, bytes) => {
    const { host, port } = traffic.https;
    const socket = connectPlain({ host, port });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.resume();
    socket.end(bytes);
    await closed;
    expect(await call('shop.example.com')).toMatchObject({ status: 200 });
  });

  test('does not wait for ever for a handshake', async () => {
    const impatient = await openTraffic({ https: true, timeouts: { headMs: 50 } });
    const { host, port } = impatient.https;
    const socket = connectPlain({ host, port });
    socket.on('error', () => undefined);
    socket.write(Buffer.from([22, 3, 1]));
    await new Promise((resolve) => socket.once('close', resolve));
    await impatient.dispose();
  });

  test('does not keep a stop waiting for a handshake', async () => {
    const stopping = await openTraffic({ https: true });
    const { host, port } = stopping.https;
    const socket = connectPlain({ host, port });
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('connect', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await stopping.dispose();
    await closed;
  });
});
