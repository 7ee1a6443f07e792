import { fail } from '@apig/sdk/contract';
import type { Call } from './call.ts';
import { fromFields, toFields } from './fields.ts';
import { forwardedFields, type LeftBehind } from './forwarded-lines.ts';
import { toHeader } from './header-text.ts';
import type { HttpBackend } from './backend-policy.ts';
import type { Outbound } from './outbound.ts';
import type { ParameterValues } from './parameters.ts';
import { queryOf } from './query.ts';
import type { Plan } from './snapshot.ts';

/** Where the value of a backend's parameter comes from. Undefined: there is none, and the parameter is left out. */
export type ValueSource = (call: Call, values: ParameterValues, nowMs: number) => string | undefined;

/** A value and where it goes. */
export interface MappedValue {
  /** Name at the backend: as sent in headers, encoded in queries. */
  readonly name: string;
  readonly source: ValueSource;
}

/** A place in a backend's path that takes a value. */
export interface PathPlace extends MappedValue {
  /** Whether slashes of the value stay slashes: it stands for several segments. */
  readonly keepsSlashes: boolean;
  /** Whether the value comes out of a path as it was escaped there. */
  readonly isEscaped: boolean;
}

/** How calls become requests for one backend. */
export interface MappingPlan {
  /** Texts and places in turn, texts encoded. */
  readonly path: readonly (string | PathPlace)[];
  /** The path as one text, when it has no places. */
  readonly fixedPath: string | undefined;
  readonly query: readonly MappedValue[];
  readonly headers: readonly MappedValue[];
  /** Query names of callers that are not forwarded. */
  readonly removedQuery: ReadonlySet<string>;
  /** Header lines of callers that are not forwarded. */
  readonly left: LeftBehind;
  /** Where values come from that tell the backend of the caller. */
  readonly ofCaller: readonly ValueSource[];
  /** Media type that the backend is told. */
  readonly contentType: string | undefined;
  /** Whether what follows a prefix is as the caller escaped it. */
  readonly keepsEscapes: boolean;
}

const UNESCAPED_PATH = /^[\w.~!$&'()*+,;=:@/-]*$/;
const DOT_SEGMENT = /(?:^|\/)\.\.?(?:\/|$)/;
const HOST = /^[\w.~!$&'()*+,;=%:[\]-]+$/;
const HOPS = 'x-apig-hops';

/**
 * Makes the backend's request out of a call.
 *
 * What is not declared is forwarded as it came. A declared parameter that is mapped is sent in its new place only;
 * one that is not mapped is sent as it came, or not at all if its pass-through is off. Constants and system values
 * take the place of what the caller sent under that name, also when they have no value, as a backend trusts them.
 *
 * Source: API reference, "Creating an API" (backend_params); user guide, "Creating an API" (backend requests).
 *
 * @throws `mappingValueMissing` for a place in the path without a value; `mappingFailed` for a value that has no
 *   form in its new place
 */
export function mapRequest(
  call: Call,
  plan: Plan,
  { http: backend, mapping }: HttpBackend,
  values: ParameterValues,
  remainder: string | undefined,
  nowMs: number,
): Outbound {
  const contentType = newContentType(call, mapping.contentType);
  let fields = forwardedFields(call, mapping.left, contentType !== undefined);
  if (contentType !== undefined) fields += `Content-Type: ${contentType}\r\n`;
  if (call.carried.length > 0) fields = withCarried(fields, call.carried);
  let host = backend.host ?? call.headers.first('host') ?? call.host;
  for (const { name, source } of mapping.headers) {
    const value = source(call, values, nowMs);
    if (value === undefined) continue;
    const text = toHeader(value);
    if (text === undefined) throw fail('mappingFailed', { reason: `${name} cannot hold the value` });
    if (name.toLowerCase() !== 'host') fields += `${name}: ${text}\r\n`;
    else if (HOST.test(text)) host = text;
    else throw fail('mappingFailed', { reason: 'Host cannot hold the value' });
  }
  return {
    backend,
    method: backend.method === 'ANY' ? call.method : backend.method,
    target: toPath(call, mapping, values, remainder, nowMs) + toQuery(call, mapping, values, nowMs),
    host,
    fields: fields + gatewayFields(call),
    signer: plan.signer,
    body: call.heldBody ?? call.body,
  };
}

/** Puts lines that an authentication service gave in the place of those of their names. */
function withCarried(fields: string, carried: readonly string[]): string {
  const names = carried.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  const kept = fromFields(fields).filter(([name]) => !names.includes(name.toLowerCase()));
  return toFields([...kept.flat(), ...carried]);
}

/** How many gateways a call has passed. */
export function hopsOf(call: Call): number {
  const hops = Number(call.headers.first(HOPS) ?? 0);
  return Number.isInteger(hops) && hops > 0 ? hops : 0;
}

function toPath(
  call: Call,
  mapping: MappingPlan,
  values: ParameterValues,
  remainder: string | undefined,
  nowMs: number,
): string {
  const path = mapping.fixedPath ?? fillPath(call, mapping, values, nowMs);
  if (remainder === undefined || remainder === '') return path;
  // The joint has exactly one slash; the remainder begins with it.
  const rest = mapping.keepsEscapes ? remainder : encodePath(remainder);
  return (path.endsWith('/') ? path.slice(0, -1) : path) + rest;
}

function fillPath(call: Call, { path }: MappingPlan, values: ParameterValues, nowMs: number): string {
  let filled = '';
  for (const part of path) {
    if (typeof part === 'string') {
      filled += part;
      continue;
    }
    const value = part.source(call, values, nowMs);
    if (value === undefined || value === '') throw fail('mappingValueMissing', { name: part.name });
    const encoded = part.isEscaped ? value : encode(value);
    filled += part.keepsSlashes ? encoded.replaceAll('%2F', '/') : encoded;
  }
  // A value must not lead out of the place that it was given.
  if (DOT_SEGMENT.test(filled)) throw fail('mappingFailed', { reason: 'a path value must not be . or ..' });
  return filled;
}

function toQuery(call: Call, mapping: MappingPlan, values: ParameterValues, nowMs: number): string {
  let query = mapping.removedQuery.size === 0 ? call.query : keptQuery(call, mapping.removedQuery);
  for (const { name, source } of mapping.query) {
    const value = source(call, values, nowMs);
    if (value !== undefined) query += `${query === '' ? '' : '&'}${name}=${encode(value)}`;
  }
  return query === '' ? '' : `?${query}`;
}

function keptQuery(call: Call, removed: ReadonlySet<string>): string {
  let query = '';
  for (const { raw, name } of queryOf(call)) {
    if (!removed.has(name)) query += query === '' ? raw : `&${raw}`;
  }
  return query;
}

/**
 * The media type that takes the place of the caller's; undefined when the caller's stays. What the caller says of the
 * same type, such as the boundary of its parts, is kept.
 */
function newContentType(call: Call, contentType: string | undefined): string | undefined {
  if (contentType === undefined) return undefined;
  const sent = call.headers.first('content-type');
  if (sent === undefined && call.body === undefined) return undefined;
  return sent?.split(';', 1)[0]?.trim().toLowerCase() === contentType ? undefined : contentType;
}

function gatewayFields(call: Call): string {
  const { headers, connection, client } = call;
  const before = headers.joined('x-forwarded-for', ', ');
  const hops = hopsOf(call);
  // What is the same for all calls on a connection is written once for it.
  if (before === undefined && hops === 0 && client === connection.peer)
    return `X-Request-Id: ${call.id}\r\n${connection.forwarded}`;
  const forwardedFor =
    before === undefined || before === '' ? connection.peer.text : `${before}, ${connection.peer.text}`;
  return `X-Request-Id: ${call.id}\r\n${forwardingFields(forwardedFor, connection.secure, client.text, hops + 1)}`;
}

/** The lines that tell a backend where a call comes from. */
export function forwardingFields(
  forwardedFor: string,
  isSecure: boolean,
  realIp: string,
  hops: number,
): string {
  return (
    `X-Forwarded-For: ${forwardedFor}\r\nX-Forwarded-Proto: ${isSecure ? 'https' : 'http'}\r\n` +
    `X-Real-IP: ${realIp}\r\nX-Apig-Hops: ${hops}\r\n`
  );
}

/** Leaves what a path may hold unescaped (RFC 3986, `pchar`), so that a path keeps the look that its caller gave it. */
function encodePath(path: string): string {
  if (UNESCAPED_PATH.test(path)) return path;
  return encodeURI(path).replace(/[?#]/g, encodeURIComponent);
}

/** A lone surrogate, which has no bytes, becomes the character for what cannot be shown. */
function encode(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    return encodeURIComponent(value.replace(/[\ud800-\udfff]/gu, '\ufffd'));
  }
}
