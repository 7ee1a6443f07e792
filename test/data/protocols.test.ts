import { X509Certificate } from 'node:crypto';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeCertificate } from '../support/certificates.ts';
import { createId, openTraffic, settled, type Traffic } from '../support/traffic.ts';

const REDIRECTING = 'shop.example.com';
/** As the other, but without a certificate. */
const BARE = 'bare.example.com';
let traffic: Traffic;

beforeAll(async () => {
  traffic = await openTraffic({ https: true });
  const { gatewayId, groupId } = traffic;
  const certificateId = createId();
  const { certificate, key } = await makeCertificate([REDIRECTING]);
  traffic.put('certificate', certificateId, {
    ...settled('certificate', { name: 'shop', certificate, privateKey: key }),
    projectId: 'project',
  });
  traffic.put(
    'domain',
    createId(),
    settled('domain', { gatewayId, groupId, name: BARE, redirectToHttps: true }),
  );
  traffic.put(
    'domain',
    createId(),
    settled('domain', { gatewayId, groupId, name: REDIRECTING, redirectToHttps: true, certificateId }),
  );
  traffic.publish({ path: '/http', protocol: 'HTTP' });
  traffic.publish({ path: '/https', protocol: 'HTTPS', method: 'ANY' });
  traffic.publish({ path: '/both', protocol: 'BOTH' });
  traffic.publish({ path: '/files', protocol: 'HTTPS', matchMode: 'PREFIX' });
});

afterAll(() => traffic.dispose());

describe('an API', () => {
  test.each([
    ['/http', false],
    ['/https', true],
    ['/both', false],
    ['/both', true],
  ])('%s is served (encrypted: %s)', async (path, secure) => {
    expect((await traffic.call({ path, secure })).status).toBe(200);
  });

  test.each([
    ['/http', true, 'http'],
    ['/https', false, 'https'],
  ])(
    '%s over the other protocol is refused with APIG.0607 (encrypted: %s)',
    async (path, secure, protocol) => {
      expect(await traffic.call({ path, secure })).toMatchObject({
        status: 400,
        code: 'APIG.0607',
        message: `The following protocol is supported: ${protocol}`,
      });
    },
  );
});

describe('a domain that redirects to HTTPS', () => {
  test('sends plain calls of an HTTPS API to the same place', async () => {
    const answer = await traffic.call({ path: '/files/a%20b/%C3%A9?x=%20&y', host: `${REDIRECTING}:80` });
    expect(answer.status).toBe(301);
    expect(answer.headers['location']).toBe(
      `https://${REDIRECTING}:${traffic.dataPlane.https?.port}/files/a%20b/%C3%A9?x=%20&y`,
    );
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
  });

  test.each(['POST', 'DELETE', 'HEAD'])('also redirects %s', async (method) => {
    expect((await traffic.call({ path: '/https', method, host: REDIRECTING })).status).toBe(301);
  });

  test('serves calls of an HTTP API as they are', async () => {
    expect((await traffic.call({ path: '/http', host: REDIRECTING })).status).toBe(200);
  });

  test('redirects nothing without a certificate', async () => {
    expect(await traffic.call({ path: '/https', host: BARE })).toMatchObject({
      status: 400,
      code: 'APIG.0607',
    });
  });

  test('serves encrypted calls as they are', async () => {
    expect((await traffic.call({ path: '/https', host: REDIRECTING, secure: true })).status).toBe(200);
  });
});

describe('the certificate of the HTTPS listener', () => {
  test.each(['localhost', 'abc.apic.localhost', '127.0.0.1', '::1'])('is good for %s', (name) => {
    const certificate = new X509Certificate(traffic.dataPlane.certificate ?? '');
    const found =
      name.includes('.0.') || name.includes(':') ? certificate.checkIP(name) : certificate.checkHost(name);
    expect(found).toBeDefined();
  });

  test('is self-signed, of the curve P-256, and valid now', () => {
    const certificate = new X509Certificate(traffic.dataPlane.certificate ?? '');
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(certificate.validFromDate.getTime()).toBeLessThan(Date.now());
    expect(certificate.validToDate.getTime()).toBeGreaterThan(Date.now());
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('is shown over %s', async (version) => {
    const certificate = await peerCertificate({ minVersion: version, maxVersion: version });
    expect(certificate.fingerprint256).toBe(
      new X509Certificate(traffic.dataPlane.certificate ?? '').fingerprint256,
    );
  });

  test('is not shown over TLS 1.1', async () => {
    await expect(peerCertificate({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' })).rejects.toThrow();
  });
});

function peerCertificate(versions: {
  readonly minVersion: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
  readonly maxVersion: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
}): Promise<DetailedPeerCertificate> {
  const { host, port } = traffic.https;
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      ca: traffic.dataPlane.certificate,
      servername: 'localhost',
      ...versions,
    });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      resolve(socket.getPeerCertificate(true));
      socket.destroy();
    });
  });
}
