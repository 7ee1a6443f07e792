import { formatAuthorization } from './authorization.ts';
import {
  canonicalHeaders,
  canonicalPath,
  canonicalQuery,
  canonicalRequest,
  queryAsForm,
  scopedQuery,
  stringToSign,
} from './canonical-request.ts';
import { hashBody, toHeaderMap, type HeaderValues } from './request.ts';
import { formatSdkDate } from './sdk-date.ts';
import { createSigningKey, type SigningKey } from './signing-key.ts';
import { UNSIGNED_PAYLOAD } from './verify.ts';

/** A request to be signed, and who signs it. */
export interface SignInput {
  readonly method: string;
  /** Path and query as they will be on the wire. */
  readonly target: string;
  /** The headers that take part; `host` should be among them. */
  readonly headers: HeaderValues;
  /** What is sent as the body; text is sent as UTF-8. */
  readonly body?: string | Uint8Array | undefined;
  readonly accessKey: string;
  /** The secret, or the prepared key when many requests are signed with it. */
  readonly secret: string | SigningKey;
  /** Time of the signature; now, unless given. */
  readonly date?: Date | undefined;
  /** Names of the headers to sign, unless all that may be signed; `x-sdk-date` is always signed. */
  readonly signedHeaders?: readonly string[] | undefined;
  /** Leaves the body out of the signature, for bodies that stream or exceed 12 MB. */
  readonly unsignedPayload?: boolean | undefined;
  /** Selects the `Credential=` layout; both parts may be empty. */
  readonly scope?: { readonly region: string; readonly service: string } | undefined;
}

/** The headers that make a request a signed one. */
export interface SignatureHeaders {
  readonly Authorization: string;
  readonly 'X-Sdk-Date': string;
  readonly 'X-Sdk-Content-Sha256'?: string;
}

/** Headers that servers and clients in between set, drop or rewrite. */
const NEVER_SIGNED = new Set([
  'authorization',
  'connection',
  'content-length',
  'transfer-encoding',
  'expect',
]);

/** Signs a request and returns the headers to add to it. */
export function sign(input: SignInput): SignatureHeaders {
  const { method, target, body, accessKey } = input;
  const date = formatSdkDate((input.date ?? new Date()).getTime());
  const key = typeof input.secret === 'string' ? createSigningKey(input.secret) : input.secret;
  const scope = input.scope && { day: date.slice(0, 8), ...input.scope };

  const values = toHeaderMap(input.headers).set('x-sdk-date', date);
  if (input.unsignedPayload === true) values.set('x-sdk-content-sha256', UNSIGNED_PAYLOAD);
  const names = namesToSign(values, input.signedHeaders);
  const signedHeaders = names.join(';');
  const headers = canonicalHeaders({ header: (name) => values.get(name) }, names, scope !== undefined);
  if (headers === undefined)
    throw new TypeError(`not all of the headers to sign are given: ${signedHeaders}`);

  // With a scope, a POST without a body hashes its query in place of the body.
  const digest = values.get('x-sdk-content-sha256');
  const hasNoBody = body === undefined && digest === undefined && method.toUpperCase() === 'POST';
  const hashesQuery = hasNoBody && scope !== undefined;
  const query = scope === undefined ? canonicalQuery(target) : hashesQuery ? '' : scopedQuery(target);
  const payloadHash = digest ?? hashBody(hashesQuery ? queryAsForm(target) : (body ?? ''));

  const path = canonicalPath(target);
  const canonical = canonicalRequest(method, path, query, headers, signedHeaders, payloadHash);
  const signature = (scope === undefined ? key : key.forScope(scope)).sign(
    stringToSign(date, canonical, scope),
  );
  return {
    Authorization: formatAuthorization(accessKey, signedHeaders, signature, scope),
    'X-Sdk-Date': date,
    ...(digest !== undefined && { 'X-Sdk-Content-Sha256': digest }),
  };
}

function namesToSign(values: ReadonlyMap<string, string>, chosen: readonly string[] | undefined): string[] {
  if (chosen !== undefined) {
    return [...new Set([...chosen.map((name) => name.toLowerCase()), 'x-sdk-date'])].sort();
  }
  return [...values.keys()].filter((name) => maySign(name, values.get(name) ?? '')).sort();
}

/** Gateways drop names with an underscore; the boundary of a multipart body is often set while sending. */
function maySign(name: string, value: string): boolean {
  if (NEVER_SIGNED.has(name) || name.includes('_')) return false;
  return name !== 'content-type' || !value.startsWith('multipart/form-data');
}
