import { sign } from '@apig/sdk/signer';
import type { DebugCall } from '../../debugging.ts';
import { toAddress } from '../address.ts';
import { Call, type ConnectionTls, type Reply } from '../call.ts';
import { CallerBody } from '../caller-body.ts';
import { HeaderLines } from '../header-lines.ts';
import { FRAMING } from '../http1/framing.ts';
import { IncomingBody } from '../http1/incoming-body.ts';
import { RequestParser } from '../http1/request-parser.ts';
import { HEAD_LIMITS } from '../limits.ts';
import { forwardingFields } from '../mapping.ts';
import { createRequestId } from '../request-id.ts';
import type { Plan } from '../snapshot.ts';

const USER_AGENT = 'APIGatewayDebugClient/1.0';
const MASK = '******';
const LOOPBACK = '127.0.0.1';

/** Nothing more of the body will come, so nothing has to be asked for. */
const NO_SOURCE = { wantBody: () => undefined, holdBody: () => undefined };

/** A request to be made, and the same as it is shown. */
export interface DebugRequest {
  readonly text: string;
  readonly shown: string;
}

/** Writes the request of a debug call: with the credentials that the API wants, as far as the call has them. */
export function writeRequest(call: DebugCall, plan: Plan, nowMs: number, token: string): DebugRequest {
  const { method, target, host, body } = call;
  const given = new Set(call.headers.map(([name]) => name.toLowerCase()));
  const lines: (readonly [name: string, value: string])[] = [
    ['Host', host],
    ...(given.has('user-agent') ? [] : [['User-Agent', USER_AGENT] as const]),
    ['X-Apig-Mode', 'debug'],
    ...(plan.stage === 'RELEASE' ? [] : [['X-Stage', plan.stage] as const]),
    ...call.headers,
  ];
  const hasOwn = given.has('authorization') || given.has('x-auth-token');
  if (plan.authentication.type === 'APP' && call.app !== undefined && !hasOwn) {
    const { key: accessKey, secret } = call.app;
    const headers = toHeaderValues(lines);
    const signature = sign({ method, target, headers, body, accessKey, secret, date: new Date(nowMs) });
    for (const [name, value] of Object.entries(signature) as [string, string][]) lines.push([name, value]);
  }
  const isSecretNeeded = plan.authentication.type === 'IAM' && !hasOwn;
  const before = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const length = body === undefined ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  const write = (shownToken: string) =>
    `${method} ${target} HTTP/1.1\r\n${before}${isSecretNeeded ? `X-Auth-Token: ${shownToken}\r\n` : ''}${length}\r\n${body ?? ''}`;
  return { text: write(token), shown: write(MASK) };
}

/** Reads a request as one that came over a connection. @throws an error for what the wire would refuse */
export function toCall(text: string, reply: Reply, secure: boolean, callersCaId: string | undefined): Call {
  const bytes = Buffer.from(text, 'utf8');
  const parser = new RequestParser(HEAD_LIMITS);
  const after = parser.parse(bytes, 0, bytes.length);
  const { head } = parser;
  if (head === undefined) throw new Error(`a debug request is refused: ${parser.fault ?? 'incomplete'}`);
  let body: IncomingBody | undefined;
  if (head.framing !== FRAMING.none) {
    body = new IncomingBody(NO_SOURCE, head.length);
    body.push(bytes.subarray(after));
    body.finish('');
  }
  const tls: ConnectionTls | undefined = secure ? { version: 'TLSv1.3', callersCaId } : undefined;
  return new Call({
    id: createRequestId(),
    method: head.method,
    target: head.target,
    httpVersion: '1.1',
    headers: new HeaderLines(head, head.connectionNames),
    body: body && new CallerBody(body),
    connection: {
      secure,
      tls,
      peer: toAddress(LOOPBACK),
      localAddress: LOOPBACK,
      forwarded: forwardingFields(LOOPBACK, secure, LOOPBACK, 1),
    },
    reply,
  });
}

function toHeaderValues(
  lines: readonly (readonly [name: string, value: string])[],
): Record<string, string[]> {
  const headers: Record<string, string[]> = {};
  for (const [name, value] of lines) (headers[name] ??= []).push(value);
  return headers;
}
