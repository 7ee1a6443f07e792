import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { KeyedCertificate } from '@apig/sdk/contract';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import { createId, openTraffic, settled, type Traffic } from '../support/traffic.ts';

let traffic: Traffic;
let server: Server;
let address: string;
let first: KeyedCertificate;
let second: KeyedCertificate;

const featureId = createId();

beforeAll(async () => {
  const authority = await makeAuthority('callers of the backend');
  const own = await makeCertificate(['127.0.0.1']);
  const makeClient = (commonName: string) =>
    makeCertificate([], { commonName, issuer: authority, usage: 'client' });
  first = await makeClient('first');
  second = await makeClient('second');
  server = createServer(
    {
      cert: own.certificate,
      key: own.key,
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => {
      const { socket } = request;
      const isKnown = socket instanceof TLSSocket && socket.authorized;
      response.end(isKnown ? String(socket.getPeerCertificate().subject.CN) : 'nobody');
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  traffic = await openTraffic({ backendTls: { verify: true, ca: own.certificate } });
  for (const clientTls of [true, false]) {
    traffic.publish({
      path: `/${String(clientTls)}`,
      httpBackend: { address, protocol: 'HTTPS', method: 'GET', path: '/', clientTls },
    });
  }
});

afterAll(async () => {
  await traffic.dispose();
  server.closeAllConnections();
  server.close();
});

function show({ certificate, key }: KeyedCertificate, enabled = true): void {
  const { gatewayId } = traffic;
  const config = JSON.stringify({ content: certificate, key });
  const feature = settled('gatewayFeature', {
    gatewayId,
    name: 'backend_client_certificate',
    enabled,
    config,
  });
  traffic.put('gatewayFeature', featureId, feature);
}

describe('a backend that asks who calls', () => {
  test('is shown the certificate of the gateway, where an API says so', async () => {
    show(first);
    expect(await traffic.call('/true')).toMatchObject({ status: 200, text: 'first' });
    expect(await traffic.call('/false')).toMatchObject({ status: 200, text: 'nobody' });
    expect(await traffic.call('/true')).toMatchObject({ status: 200, text: 'first' });
  });

  test('is shown another one as soon as there is one', async () => {
    show(first);
    await traffic.call('/true');
    show(second);
    expect(await traffic.call('/true')).toMatchObject({ text: 'second' });
  });

  test('is not called when there is none', async () => {
    show(first, false);
    expect((await traffic.call('/true')).status).toBeGreaterThanOrEqual(500);
    expect(await traffic.call('/false')).toMatchObject({ text: 'nobody' });
  });
});
