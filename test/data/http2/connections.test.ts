import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type ClientHttp2Session } from 'node:http2';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openBackend, type Backend } from '../../support/backend.ts';
import { makeAuthority, makeCertificate } from '../../support/certificates.ts';
import { FLAG, FRAME, frame, framesIn, getHead, START } from '../../support/http2-frames.ts';
import { later, openHttp2 } from '../../support/http2.ts';
import { openRaw } from '../../support/raw-http.ts';
import { createId, openTraffic, settled, type Traffic } from '../../support/traffic.ts';

let traffic: Traffic;
let backend: Backend;
let serve: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  backend = await openBackend({ stream: (request, response) => serve(request, response) });
  traffic = await openTraffic({ https: true, minTlsVersion: 'TLSv1.1' });
  traffic.publish({
    path: '/',
    method: 'ANY',
    httpBackend: { address: backend.address, protocol: 'HTTP', method: 'ANY', path: '/' },
  });
});

afterEach(async () => {
  await traffic.dispose();
  await backend.dispose();
});

describe('a connection over HTTP/2', () => {
  test('is told to go away when the gateway drains, after the calls under way', async () => {
    const here = later<ServerResponse>();
    serve = (_, response) => here.resolve(response);
    const caller = openHttp2(traffic.http, { authority: traffic.domain });
    const goaway = once(caller.session, 'goaway');
    const answer = caller.call({ ':path': '/' });
    const response = await here.promise;
    const drained = traffic.dataPlane.drain(30_000);
    const [code] = (await goaway) as [number];
    expect(code).toBe(0);
    response.end('finished');
    await expect(answer).resolves.toMatchObject({ status: 200, text: 'finished', code: 0 });
    await drained;
  });

  test('that is idle ends at once when the gateway drains', async () => {
    serve = (_, response) => response.end('x');
    const caller = openHttp2(traffic.http, { authority: traffic.domain });
    await caller.call({ ':path': '/' });
    const closed = once(caller.session, 'close');
    await traffic.dataPlane.drain(30_000);
    await closed;
  });

  test('serves a caller that has said all and still listens', async () => {
    serve = (_, response) => response.end('x');
    const connection = await openRaw(traffic.http);
    connection.write(Buffer.concat([START, getHead(1, traffic.domain, '/')]));
    const isAnswered = (received: string) =>
      framesIn(received).some(({ type, flags }) => type === FRAME.data && (flags & FLAG.endStream) !== 0);
    expect(isAnswered(await connection.read(isAnswered))).toBe(true);
    // What comes on a stream that is over is dropped, and the next request is answered.
    connection.write(frame(FRAME.data, FLAG.endStream, 1, Buffer.from('late')));
    connection.write(getHead(3, traffic.domain, '/'));
    const isAnsweredAgain = (received: string) =>
      framesIn(received).some(({ type, stream }) => type === FRAME.data && stream === 3);
    expect(isAnsweredAgain(await connection.read(isAnsweredAgain))).toBe(true);
    connection.destroy();
  });

  test('shows the certificate of its caller, where the domain asks for one', async () => {
    serve = (_, response) => response.end('x');
    const authority = await makeAuthority('callers');
    const own = await makeCertificate(['mutual.example.com']);
    const client = await makeCertificate([], { commonName: 'caller', issuer: authority, usage: 'client' });
    const { gatewayId, groupId } = traffic;
    const certificateId = createId();
    traffic.put('certificate', certificateId, {
      ...settled('certificate', {
        name: 'certificate_one',
        certificate: own.certificate,
        privateKey: own.key,
        trustedRootCa: authority.certificate,
      }),
      projectId: 'project',
    });
    const name = 'mutual.example.com';
    const input = { gatewayId, groupId, name, certificateId, verifyClientCertificate: true };
    traffic.put('domain', createId(), settled('domain', input));
    const open = (shown: object) => {
      const { host, port } = traffic.https;
      return connect(`https://${host}:${port}`, { ca: own.certificate, servername: name, ...shown });
    };
    expect(await statusOf(open({ cert: client.certificate, key: client.key }), name)).toBe(200);
    expect(await statusOf(open({}), name)).toBeGreaterThanOrEqual(400);
  });

  test('is not spoken over TLS below 1.2', async () => {
    const { host, port } = traffic.https;
    const session = connect(`https://${host}:${port}`, {
      ca: traffic.dataPlane.certificate ?? '',
      servername: 'localhost',
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1.1',
      ciphers: 'DEFAULT:@SECLEVEL=0',
    });
    session.on('error', () => undefined);
    const [code] = (await once(session, 'goaway')) as [number];
    expect(code).toBe(0xc);
    session.destroy();
  });
});

describe('events of a backend', () => {
  test('reach a caller over HTTP/1.1 one by one', async () => {
    const given = later<ServerResponse>();
    serve = (_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write('data: 1\n\n');
      given.resolve(response);
    };
    const { host, port } = traffic.http;
    const request = httpRequest({ host, port, path: '/', headers: { host: traffic.domain }, agent: false });
    request.end();
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    expect(String((await once(answer, 'data'))[0])).toBe('data: 1\n\n');
    const response = await given.promise;
    response.write('data: 2\n\n');
    expect(String((await once(answer, 'data'))[0])).toBe('data: 2\n\n');
    response.end();
    answer.resume();
    await once(answer, 'end');
  });
});

async function statusOf(session: ClientHttp2Session, authority: string): Promise<number> {
  const stream = session.request({ ':path': '/', ':authority': authority });
  const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
  session.destroy();
  return Number(headers[':status']);
}
