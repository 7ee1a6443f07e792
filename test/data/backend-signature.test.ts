import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  createSigningKey,
  createSignableRequest,
  formatSdkDate,
  parseAuthorization,
  UNSIGNED_PAYLOAD,
  verify,
} from '@apig/sdk/signer';
import { openBackend, type Backend, type BackendRequest } from '../support/backend.ts';
import {
  createId,
  openTraffic,
  settled,
  type ApiInput,
  type TestCall,
  type Traffic,
} from '../support/traffic.ts';

const KEY = 'signature-key-1';
const SECRET = 'secret-of-the-signature-key';

let traffic: Traffic;
let backend: Backend;
let hmac: string;

beforeAll(async () => {
  backend = await openBackend();
  traffic = await openTraffic();
  hmac = createKey('hmac', KEY, SECRET);
});

afterAll(async () => {
  await traffic.dispose();
  await backend.dispose();
});

function createKey(type: 'hmac' | 'basic' | 'aes', key: string, secret: string): string {
  const id = createId();
  const algorithm = type === 'aes' ? { algorithm: 'aes-128-cfb' as const } : {};
  const name = `key_${id}`;
  traffic.put('signatureKey', id, {
    ...settled('signatureKey', { gatewayId: traffic.gatewayId, name, type, key, secret, ...algorithm }),
    key,
    secret,
  });
  return id;
}

/** Calls an API under a signature key. */
async function call(
  keyId: string,
  input: ApiInput,
  sent: Partial<TestCall> & { readonly rest?: string } = {},
) {
  const path = `/${createId()}`;
  const published = traffic.publish({
    path,
    method: 'ANY',
    httpBackend: { address: backend.address, protocol: 'HTTP', method: 'ANY', path: '/inner/path' },
    ...input,
  });
  traffic.bind('signatureBinding', keyId, published);
  return traffic.call({ ...sent, path: path + (sent.rest ?? '') });
}

/** What a backend finds out with nothing but the key and what it received. */
function verified({ method, target, rawHeaders, body }: BackendRequest): boolean | string {
  const headers: Record<string, string[]> = {};
  for (let index = 0; index < rawHeaders.length; index += 2) {
    (headers[rawHeaders[index]?.toLowerCase() ?? ''] ??= []).push(rawHeaders[index + 1] ?? '');
  }
  if (headers['authorization']?.length !== 1) return 'not exactly one Authorization';
  const authorization = parseAuthorization(headers['authorization'][0]);
  if (!authorization.ok) return authorization.text;
  if (authorization.accessKey !== KEY) return 'unknown key';
  const request = createSignableRequest({ method, target, headers, body });
  const result = verify(request, authorization, createSigningKey(SECRET), traffic.clock.now());
  return result.ok || result.text;
}

describe('the signature of a gateway', () => {
  test('is verified by the backend from what it received', async () => {
    await call(
      hmac,
      {
        requestParameters: [{ name: 'tenant', location: 'QUERY' }],
        backendParameters: [
          { name: 'X-Tenant', location: 'HEADER', origin: 'REQUEST', value: 'tenant' },
          { name: 'from', location: 'QUERY', origin: 'CONSTANT', value: 'a b&c' },
        ],
        matchMode: 'PREFIX',
      },
      {
        rest: '/caf%C3%A9/a%20b?tenant=t%C3%A9&x=2&x=1&empty&sp%20ace=+%2B',
        method: 'POST',
        body: JSON.stringify({ total: '12 €' }),
        headers: { 'Content-Type': 'application/json' },
      },
    );
    expect(verified(backend.last())).toBe(true);
    expect(backend.last().headers['x-sdk-date']).toBe(formatSdkDate(traffic.clock.now()));
    expect(backend.last().headers['x-sdk-content-sha256']).toBeUndefined();
  });

  test.each(['GET', 'HEAD', 'DELETE', 'POST'])('covers a %s without body', async (method) => {
    await call(hmac, {}, { method, headers: method === 'POST' ? { 'Content-Length': '0' } : {} });
    expect(verified(backend.last())).toBe(true);
  });

  test.each<[string, (request: BackendRequest) => BackendRequest]>([
    ['the path', (request) => ({ ...request, target: request.target.replace('/inner', '/outer') })],
    ['a mapped value', (request) => ({ ...request, target: request.target.replace('t=1', 't=2') })],
    ['the method', (request) => ({ ...request, method: 'PUT' })],
    ['the body', (request) => ({ ...request, body: Buffer.from('other') })],
    [
      'the host',
      (request) => ({
        ...request,
        rawHeaders: request.rawHeaders.map((text) => text.replace('127.0.0.1', '127.0.0.2')),
      }),
    ],
  ])('does not fit when %s is changed after it', async (_, change) => {
    await call(
      hmac,
      {
        requestParameters: [{ name: 'q', location: 'QUERY' }],
        backendParameters: [{ name: 't', location: 'QUERY', origin: 'REQUEST', value: 'q' }],
      },
      { rest: '?q=1', method: 'POST', body: 'body' },
    );
    expect(verified(backend.last())).toBe(true);
    expect(verified(change(backend.last()))).not.toBe(true);
  });

  test('leaves out a body that streams, and says so', async () => {
    const body = Buffer.alloc(200_000, 'a');
    await call(hmac, {}, { method: 'POST', body, headers: { 'Content-Length': String(body.length) } });
    expect(backend.last().headers['x-sdk-content-sha256']).toBe(UNSIGNED_PAYLOAD);
    expect(backend.last().body.equals(body)).toBe(true);
    expect(verified(backend.last())).toBe(true);
  });

  test('covers a large body that the caller signed, since it was read already', async () => {
    const app = traffic.createApp();
    const path = `/${createId()}`;
    const published = traffic.publish({
      path,
      method: 'POST',
      authentication: 'APP',
      httpBackend: { address: backend.address, protocol: 'HTTP', method: 'POST', path: '/' },
    });
    traffic.authorize(app.id, published);
    traffic.bind('signatureBinding', hmac, published);
    const body = Buffer.alloc(200_000, 'b');
    expect((await traffic.call({ path, method: 'POST', body, signedBy: app })).status).toBe(200);
    expect(backend.last().headers['x-sdk-content-sha256']).toBeUndefined();
    expect(verified(backend.last())).toBe(true);
  });

  test('is of the host that is sent', async () => {
    await call(hmac, {
      backendParameters: [
        { name: 'Host', location: 'HEADER', origin: 'CONSTANT', value: 'inner.example.com' },
      ],
    });
    expect(backend.last().headers.host).toBe('inner.example.com');
    expect(verified(backend.last())).toBe(true);
  });

  test('takes the place of what the caller sent', async () => {
    const headers = {
      Authorization: 'SDK-HMAC-SHA256 Access=forged, SignedHeaders=host, Signature=00',
      'X-Sdk-Date': '20200101T000000Z',
      'X-Sdk-Content-Sha256': UNSIGNED_PAYLOAD,
      'X-Apig-Anything': 'forged',
    };
    await call(hmac, {}, { method: 'POST', body: 'text', headers });
    expect(verified(backend.last())).toBe(true);
    expect(backend.last().headers['x-apig-anything']).toBeUndefined();
    expect(backend.last().rawHeaders.filter((text) => text.toLowerCase() === 'x-sdk-date')).toHaveLength(1);
  });

  test('is made anew for each attempt', async () => {
    const dates: (string | undefined)[] = [];
    const failing = await openBackend({
      stream: (request, response) => {
        dates.push(request.headers['x-sdk-date'] as string);
        if (dates.length > 1) response.end('ok');
        else {
          traffic.clock.advance(2000);
          request.socket.destroy();
        }
      },
    });
    const answer = await call(hmac, {
      httpBackend: { address: failing.address, protocol: 'HTTP', method: 'GET', path: '/' },
    });
    await failing.dispose();
    expect(answer.status).toBe(200);
    expect(dates).toHaveLength(2);
    expect(dates[0]).not.toBe(dates[1]);
  });

  test('is left out as soon as the key is unbound', async () => {
    const path = `/${createId()}`;
    const published = traffic.publish({
      path,
      httpBackend: { address: backend.address, protocol: 'HTTP', method: 'GET', path: '/' },
    });
    const binding = traffic.bind('signatureBinding', hmac, published);
    await traffic.call(path);
    expect(backend.last().headers.authorization).toBeDefined();
    traffic.remove('signatureBinding', binding);
    await traffic.call({ path, headers: { Authorization: 'Bearer mine' } });
    expect(backend.last().headers.authorization).toBe('Bearer mine');
  });
});

describe('a basic signature key', () => {
  test('sends user name and password, in the place of what the caller sent', async () => {
    await call(
      createKey('basic', 'user', 'pass:word1'.replace(':', '-')),
      {},
      { headers: { Authorization: 'Bearer x', 'X-Sdk-Date': 'x' } },
    );
    expect(backend.last().headers.authorization).toBe(
      `Basic ${Buffer.from('user:pass-word1').toString('base64')}`,
    );
    expect(backend.last().headers['x-sdk-date']).toBeUndefined();
  });
});

describe('a signature key of another type', () => {
  test('is answered 500 with APIG.0705', async () => {
    expect(await call(createKey('aes', 'k'.repeat(16), 'v'.repeat(16)), {})).toMatchObject({
      status: 500,
      code: 'APIG.0705',
      message: 'Backend signature calculation failed.',
    });
  });
});
