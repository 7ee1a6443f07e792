import {
  canonicalHeaders,
  canonicalPath,
  canonicalQuery,
  canonicalRequest,
  createSignableRequest,
  createSigningKey,
  hashBody,
  parseAuthorization,
  parseSdkDate,
  sign,
  stringToSign,
  verify,
  type Authorization,
} from '@apig/sdk/signer';
import { fail } from '@apig/sdk/contract';
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';

interface VectorRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Vector {
  readonly id: string;
  readonly request: VectorRequest;
  readonly access_key: string;
  readonly secret_key: string;
  readonly canonical_request: string;
  readonly string_to_sign: string;
  readonly authorization: string;
}

type ScopedVector = Pick<Vector, 'id' | 'request' | 'access_key' | 'secret_key' | 'authorization'> & {
  readonly region: string;
  readonly service: string;
};

interface DocumentedVector {
  readonly id: string;
  readonly request: VectorRequest;
  readonly signed_headers: string;
  readonly canonical_request_sha256: string;
}

interface VerifyCase {
  readonly id: string;
  readonly base: string;
  readonly now: string;
  readonly change?: {
    readonly method?: string;
    readonly target?: string;
    readonly body?: string;
    readonly add_headers?: Readonly<Record<string, string>>;
    readonly remove_headers?: readonly string[];
    readonly uppercase_header_names?: boolean;
    readonly known_keys?: readonly string[];
    readonly authorization?: string;
    readonly authorization_replace?: readonly [string, string];
  };
  readonly expect: { readonly ok: boolean; readonly error_msg?: string; readonly error_msg_prefix?: string };
}

/** The published vectors, read as they are. */
const file = JSON.parse(readFileSync(new URL('../vectors/signatures.json', import.meta.url), 'utf8')) as {
  readonly vectors: readonly Vector[];
  readonly scoped_vectors: readonly ScopedVector[];
  readonly documented_vectors: readonly DocumentedVector[];
  readonly verify_cases: readonly VerifyCase[];
};

describe('a signature without a scope', () => {
  test('is proven on all published vectors', () => {
    expect(file.vectors).toHaveLength(47);
  });

  test.each(file.vectors)('$id: goes through the published steps', (vector) => {
    const authorization = parsed(vector.authorization);
    const request = createSignableRequest(vector.request);
    const digest = request.header('x-sdk-content-sha256');

    const canonical = canonicalRequest(
      request.method,
      canonicalPath(request.target),
      canonicalQuery(request.target),
      canonicalHeaders(request, authorization.signedHeaderNames, false) ?? '',
      authorization.signedHeaders,
      digest ?? hashBody(vector.request.body),
    );
    expect(canonical).toBe(vector.canonical_request);

    const text = stringToSign(dateOf(vector.request), canonical);
    expect(text).toBe(vector.string_to_sign);
    expect(createSigningKey(vector.secret_key).sign(text)).toBe(authorization.signature);
  });

  test.each(file.vectors)('$id: signs as the official signer does', (vector) => {
    const { method, target, headers, body } = vector.request;
    const date = new Date(timeOf(vector.request));
    const input = { method, target, headers, body, date, accessKey: vector.access_key };

    const signed = sign({ ...input, secret: vector.secret_key });

    expect(signed.Authorization).toBe(vector.authorization);
    expect(signed['X-Sdk-Date']).toBe(dateOf(vector.request));
  });

  test.each(file.vectors)('$id: is verified', (vector) => {
    const key = createSigningKey(vector.secret_key);
    const authorization = parsed(vector.authorization);

    const verdict = verify(createSignableRequest(vector.request), authorization, key, timeOf(vector.request));

    expect(authorization.accessKey).toBe(vector.access_key);
    expect(verdict).toEqual({ ok: true });
  });
});

describe('a signature with a scope', () => {
  test('is proven on all published vectors', () => {
    expect(file.scoped_vectors).toHaveLength(5);
  });

  test.each(file.scoped_vectors)('$id: signs as the official signer does', (vector) => {
    const { method, target, headers, body } = vector.request;
    const { region, service } = vector;

    const signed = sign({
      method,
      target,
      headers,
      body: body === '' ? undefined : body,
      date: new Date(timeOf(vector.request)),
      accessKey: vector.access_key,
      secret: vector.secret_key,
      scope: { region, service },
    });

    expect(signed.Authorization).toBe(vector.authorization);
  });

  test.each(file.scoped_vectors)('$id: is verified', (vector) => {
    const key = createSigningKey(vector.secret_key);
    const authorization = parsed(vector.authorization);

    const verdict = verify(createSignableRequest(vector.request), authorization, key, timeOf(vector.request));

    expect(authorization).toMatchObject({
      accessKey: vector.access_key,
      scope: { region: vector.region, service: vector.service },
    });
    expect(verdict).toEqual({ ok: true });
  });
});

describe('the example of the signing guide', () => {
  test.each(file.documented_vectors)('$id: has the published hash', (vector) => {
    const request = createSignableRequest(vector.request);
    const names = vector.signed_headers.split(';');

    const canonical = canonicalRequest(
      request.method,
      canonicalPath(request.target),
      canonicalQuery(request.target),
      canonicalHeaders(request, names, false) ?? '',
      vector.signed_headers,
      hashBody(vector.request.body),
    );

    expect(hashBody(canonical)).toBe(vector.canonical_request_sha256);
  });
});

describe('a verifier', () => {
  test('is proven on all published cases', () => {
    expect(file.verify_cases).toHaveLength(19);
  });

  test.each(file.verify_cases)('$id', (verifyCase) => {
    const text = textOfRefusal(verifyCase);

    if (verifyCase.expect.ok) {
      expect(text).toBeUndefined();
      return;
    }
    const message = fail('appRefused', { reason: text ?? '' }).message;
    if (verifyCase.expect.error_msg !== undefined) expect(message).toBe(verifyCase.expect.error_msg);
    expect(message.startsWith(verifyCase.expect.error_msg_prefix ?? '')).toBe(true);
  });
});

/** What the caller of an API with app authentication is told, or undefined when the call is let through. */
function textOfRefusal(verifyCase: VerifyCase): string | undefined {
  const change = verifyCase.change ?? {};
  const base = file.vectors.find((vector) => vector.id === verifyCase.base);
  if (base === undefined) throw new Error(`no vector ${verifyCase.base}`);
  const [from, to] = change.authorization_replace ?? ['', ''];
  const authorization = parseAuthorization(change.authorization ?? base.authorization.replaceAll(from, to));
  if (!authorization.ok) return authorization.text;
  const known = change.known_keys ?? [base.access_key];
  if (!known.includes(authorization.accessKey)) return `app not found, appkey ${authorization.accessKey}`;

  const headers = Object.entries({ ...base.request.headers, ...change.add_headers })
    .filter(([name]) => change.remove_headers?.includes(name.toLowerCase()) !== true)
    .map(([name, value]) => [change.uppercase_header_names === true ? name.toUpperCase() : name, value]);
  const request = createSignableRequest({
    method: change.method ?? base.request.method,
    target: change.target ?? base.request.target,
    body: change.body ?? base.request.body,
    headers: Object.fromEntries(headers) as Record<string, string>,
  });
  const verdict = verify(
    request,
    authorization,
    createSigningKey(base.secret_key),
    Date.parse(verifyCase.now),
  );
  return verdict.ok ? undefined : verdict.text;
}

function parsed(header: string): Authorization {
  const authorization = parseAuthorization(header);
  if (!authorization.ok) throw new Error(authorization.text);
  return authorization;
}

function dateOf(request: VectorRequest): string {
  return request.headers['X-Sdk-Date'] ?? '';
}

function timeOf(request: VectorRequest): number {
  return parseSdkDate(dateOf(request)) ?? NaN;
}
