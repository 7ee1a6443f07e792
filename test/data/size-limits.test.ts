import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openBackend, type Backend } from '../support/backend.ts';
import { openRaw, sendRaw, statusesOf, type RawTarget } from '../support/raw-http.ts';
import { openTraffic, type Traffic } from '../support/traffic.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

describe('the size of a request', () => {
  let traffic: Traffic;
  let backend: Backend;
  let target: RawTarget;

  beforeAll(async () => {
    let bytes = 0;
    backend = await openBackend({
      stream: (request, response) => {
        bytes = 0;
        request.on('data', (chunk: Buffer) => (bytes += chunk.length));
        request.on('end', () => response.end(String(bytes)));
      },
    });
    traffic = await openTraffic();
    target = traffic.http;
    traffic.publish({ path: '/size' });
    traffic.publish({
      path: '/body',
      method: 'POST',
      httpBackend: { address: backend.address, protocol: 'HTTP', method: 'POST', path: '/' },
    });
  });

  afterAll(async () => {
    await traffic.dispose();
    await backend.dispose();
  });

  function head(target: string, ...lines: readonly string[]): string {
    return [`GET ${target} HTTP/1.1`, 'Host: api.example.com', ...lines, 'Connection: close', '', ''].join(
      '\r\n',
    );
  }

  test('allows a target of 32 KiB', async () => {
    expect(statusesOf(await sendRaw(target, head(`/size?${'a'.repeat(32 * KIB - 6)}`)))).toEqual([200]);
  });

  test('refuses a longer target with 414', async () => {
    const received = await sendRaw(target, head(`/size?${'a'.repeat(32 * KIB - 5)}`));
    expect(statusesOf(received)).toEqual([414]);
    expect(received).toContain('"error_code":"APIG.0201","error_msg":"Request URI too large."');
  });

  test('allows a header of nearly 32 KiB', async () => {
    expect(statusesOf(await sendRaw(target, head('/size', `X-Long: ${'a'.repeat(32 * KIB - 20)}`)))).toEqual([
      200,
    ]);
  });

  test('refuses a longer header with 494', async () => {
    const received = await sendRaw(target, head('/size', `X-Long: ${'a'.repeat(32 * KIB)}`));
    expect(statusesOf(received)).toEqual([494]);
    expect(received).toContain('"error_code":"APIG.0201","error_msg":"Request headers too large."');
  });

  test.each([5, 40])(
    'refuses headers of more than 128 KiB in all with 494 (%d lines of 30 KiB)',
    async (count) => {
      const lines = Array.from({ length: count }, (_, index) => `X-Part-${index}: ${'a'.repeat(30 * KIB)}`);
      const received = await sendRaw(target, head('/size', ...lines));
      expect(statusesOf(received)).toEqual([494]);
      expect(received).toContain('"error_code":"APIG.0201","error_msg":"Request headers too large."');
    },
  );

  test('does not overlook headers behind many others', async () => {
    const lines = Array.from({ length: 3000 }, (_, index) => `X-${index}: a`);
    expect(statusesOf(await sendRaw(target, head('/size', ...lines, 'Host: other.example.com')))).toEqual([
      400,
    ]);
  });

  test('allows a body of 12 MiB', async () => {
    const answer = await traffic.call({ path: '/body', method: 'POST', body: Buffer.alloc(12 * MIB) });
    expect(answer).toMatchObject({ status: 200, text: String(12 * MIB) });
  });

  test('refuses an announced longer body with 413, before it arrives', async () => {
    const connection = await openRaw(target);
    connection.write(
      `POST /body HTTP/1.1\r\nHost: api.example.com\r\nContent-Length: ${12 * MIB + 1}\r\n\r\n`,
    );
    const received = await connection.readToEnd();
    expect(statusesOf(received)).toEqual([413]);
    expect(received).toContain('"error_code":"APIG.0201","error_msg":"Request entity too large."');
  });

  test('refuses a longer body of unknown length with 413 when it turns out', async () => {
    const connection = await openRaw(target);
    connection.write('POST /body HTTP/1.1\r\nHost: api.example.com\r\nTransfer-Encoding: chunked\r\n\r\n');
    const chunk = `${MIB.toString(16)}\r\n${'a'.repeat(MIB)}\r\n`;
    for (let count = 0; count < 13; count += 1) connection.write(chunk);
    const received = await connection.read((text) => text.includes('}'));
    connection.destroy();
    expect(statusesOf(received)).toEqual([413]);
  });

  test('asks a caller that expects it to go on', async () => {
    const connection = await openRaw(target);
    connection.write(
      'POST /body HTTP/1.1\r\nHost: api.example.com\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n',
    );
    await connection.read((text) => text.includes('100 Continue'));
    connection.write('hello');
    expect(statusesOf(await connection.readToEnd())).toEqual([100, 200]);
  });

  test('does not ask for the body of a call that is refused', async () => {
    const bytes =
      'POST /nowhere HTTP/1.1\r\nHost: api.example.com\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n';
    // The connection ends, as the body may come or not.
    expect(statusesOf(await sendRaw(target, bytes))).toEqual([404]);
  });
});

describe('a slow caller', () => {
  let traffic: Traffic;
  let backend: Backend;

  beforeAll(async () => {
    backend = await openBackend();
    traffic = await openTraffic({ timeouts: { bodyMs: 100, headMs: 100 } });
    traffic.publish({
      path: '/slow',
      method: 'POST',
      httpBackend: {
        address: backend.address,
        protocol: 'HTTP',
        method: 'POST',
        path: '/',
        timeoutMs: 60_000,
      },
    });
  });

  afterAll(async () => {
    await traffic.dispose();
    await backend.dispose();
  });

  test.each([
    ['of a body that is held', 'Content-Length: 10'],
    ['of a body that streams', 'Transfer-Encoding: chunked'],
  ])('%s is told 408 when the next piece takes too long', async (_, line) => {
    const connection = await openRaw(traffic.http);
    connection.write(`POST /slow HTTP/1.1\r\nHost: api.example.com\r\n${line}\r\n\r\n`);
    const received = await connection.read((text) => text.includes('}'));
    connection.destroy();
    expect(statusesOf(received)).toEqual([408]);
    expect(received).toContain('"error_code":"APIG.0602"');
  });

  test('is told 408 when the head of a request takes too long', async () => {
    const connection = await openRaw(traffic.http);
    connection.write('POST /slow HTTP/1.1\r\nHost: api.exam');
    const received = await connection.readToEnd();
    expect(statusesOf(received)).toEqual([408]);
  });
});
