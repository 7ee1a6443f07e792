import { createDecipheriv, generateKeyPairSync, hash, verify as verifyBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FeatureName } from '@apig/sdk/contract';
import {
  canonicalPath,
  canonicalQuery,
  canonicalRequest,
  createSigningKey,
  createSignableRequest,
  formatSdkDate,
  hashBody,
  parseAuthorization,
  sign,
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

function createKey(
  type: 'hmac' | 'basic' | 'aes' | 'public_key',
  key: string,
  secret: string,
  cipher?: 'aes-128-cfb' | 'aes-256-cfb',
): string {
  const id = createId();
  const algorithm = cipher === undefined ? {} : { algorithm: cipher };
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

describe('a key of type aes', () => {
  test.each(['aes-128-cfb', 'aes-256-cfb'] as const)('encrypts what is signed by %s', async (algorithm) => {
    const key = 'k'.repeat(algorithm === 'aes-128-cfb' ? 16 : 32);
    const id = createKey('aes', key, 'v'.repeat(16), algorithm);
    const answer = await call(id, {}, { method: 'POST', body: 'body', headers: { Authorization: 'own' } });
    expect(answer.status).toBe(200);
    const { headers } = backend.last();
    const decipher = createDecipheriv(algorithm, key, 'v'.repeat(16));
    const signature = String(headers['x-apig-signature']);
    const text = decipher.update(signature, 'base64', 'utf8') + decipher.final('utf8');
    expect(text).toBe(textSigned(`SDK-${algorithm.toUpperCase()}`, backend.last()));
    expect(headers).toMatchObject({
      'x-apig-sign-id': id,
      'x-apig-signed-headers': 'host;x-sdk-date',
      authorization: 'own',
    });
  });
});

describe('a key of type public_key', () => {
  test.each([
    ['rsa', 'SDK-RSA-SHA256'],
    ['ec', 'SDK-ECDSA-SHA256'],
  ] as const)('signs by a private key of type %s', async (kind, algorithm) => {
    const { publicKey, privateKey } =
      kind === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const id = createKey(
      'public_key',
      publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
      privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    );
    expect((await call(id, {}, { rest: '?b=2&a=1' })).status).toBe(200);
    const header = String(backend.last().headers['x-apig-signature']);
    const [, name, access, names, signature = ''] =
      /^(\S+) Access=(\S+), SignedHeaders=(\S+), Signature=(\S+)$/.exec(header) ?? [];
    expect([name, access, names]).toEqual([algorithm, id, 'host;x-sdk-date']);
    const text = Buffer.from(textSigned(algorithm, backend.last()));
    expect(verifyBytes('sha256', text, publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  test('that is none is answered 500 with APIG.0705', async () => {
    expect(await call(createKey('public_key', 'k'.repeat(16), 'v'.repeat(16)), {})).toMatchObject({
      status: 500,
      code: 'APIG.0705',
      message: 'Backend signature calculation failed.',
    });
  });

  test('is fetched by whoever asks for it, if the gateway allows it', async () => {
    const id = createKey('public_key', 'k'.repeat(16), 'v'.repeat(16));
    const path = `/apigw/authadv/v2/public-key/${id}`;
    expect((await traffic.call(path)).code).toBe('APIG.0101');
    setFeature('public_key', {});
    const answer = await traffic.call(path);
    expect(JSON.parse(answer.text)).toEqual({ id, public_key: 'k'.repeat(16) });
    expect(await traffic.call(`/apigw/authadv/v2/public-key/${hmac}`)).toMatchObject({
      status: 400,
      code: 'APIG.2102',
    });
  });
});

describe('custom_auth_header', () => {
  test.each(['hmac', 'basic'] as const)(
    'has a signature of type %s travel in another header',
    async (type) => {
      setFeature('custom_auth_header', { backend_sign_header: 'X-Gateway-Signature' });
      const id = createKey(type, KEY, SECRET);
      await call(id, {}, { headers: { Authorization: 'own', 'X-Gateway-Signature': 'forged' } });
      const { headers } = backend.last();
      expect(headers.authorization).toBe('own');
      expect(headers['x-gateway-signature']).toMatch(/^(?:SDK-HMAC-SHA256|Basic) /);
    },
  );

  test('has apps show themselves in another header, and leaves Authorization alone', async () => {
    setFeature('custom_auth_header', { app_auth_header: 'X-App-Authorization' });
    const app = traffic.createApp();
    const published = traffic.publish({
      path: '/renamed',
      authentication: 'APP',
      httpBackend: { address: backend.address, protocol: 'HTTP', method: 'GET', path: '/' },
    });
    traffic.authorize(app.id, published);
    const { Authorization, ...others } = sign({
      method: 'GET',
      target: '/renamed',
      headers: { host: traffic.domain },
      accessKey: app.accessKey,
      secret: app.secret,
      date: new Date(traffic.clock.now()),
    });
    const headers = { ...others, 'X-App-Authorization': Authorization, Authorization: 'own' };
    expect((await traffic.call({ path: '/renamed', headers })).status).toBe(200);
    expect(backend.last().headers.authorization).toBe('own');
    expect(backend.last().headers).not.toHaveProperty('x-app-authorization');
    expect((await traffic.call({ path: '/renamed', headers: { ...others, Authorization } })).status).toBe(
      401,
    );
  });
});

function setFeature(name: FeatureName, config: object): void {
  const { gatewayId } = traffic;
  traffic.put(
    'gatewayFeature',
    `feature_${name}`,
    settled('gatewayFeature', { gatewayId, name, enabled: true, config: JSON.stringify(config) }),
  );
}

/** What is signed by keys that write no `Authorization`, rebuilt from what arrived. */
function textSigned(algorithm: string, { method, target, headers, body }: BackendRequest): string {
  const date = String(headers['x-sdk-date']);
  const canonical = canonicalRequest(
    method,
    canonicalPath(target),
    canonicalQuery(target),
    `host:${headers.host}\nx-sdk-date:${date}\n`,
    'host;x-sdk-date',
    hashBody(body),
  );
  return `${algorithm}\n${date}\n${hash('sha256', canonical)}`;
}
