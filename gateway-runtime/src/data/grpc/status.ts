import type { ApigError } from '@apig/sdk/contract';
import type { Call } from '../call.ts';
import { toHeader } from '../header-text.ts';

/*
 * How refusals look to callers that speak gRPC: they read a status of their own in the place of HTTP's.
 * Sources: "gRPC over HTTP2", Responses; "HTTP to gRPC Status Code Mapping"; "Status codes and their use in gRPC".
 */

const UNKNOWN = 2;
const DEADLINE_EXCEEDED = 4;
const RESOURCE_EXHAUSTED = 8;
const UNAVAILABLE = 14;

/** Statuses of HTTP as statuses of gRPC. */
const BY_HTTP_STATUS: Readonly<Record<number, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  408: DEADLINE_EXCEEDED,
  413: RESOURCE_EXHAUSTED,
  429: UNAVAILABLE,
  500: 13,
  502: UNAVAILABLE,
  503: UNAVAILABLE,
  504: UNAVAILABLE,
};

/** Whether the caller reads statuses of gRPC. */
export function speaksGrpc({ httpVersion, headers }: Call): boolean {
  return httpVersion === '2.0' && /^application\/grpc(?:$|[+;])/i.test(headers.first('content-type') ?? '');
}

/** What a caller is told of an error: fields that stand at the end of an answer. */
export function grpcStatus(error: ApigError, httpStatus: number): readonly string[] {
  const status =
    error.name === 'backendTimeout' ? DEADLINE_EXCEEDED : (BY_HTTP_STATUS[httpStatus] ?? UNKNOWN);
  return ['Grpc-Status', String(status), 'Grpc-Message', toMessage(`${error.code}: ${error.message}`)];
}

/** A text as `grpc-message` has it: bytes of UTF-8, those that are not printable ASCII and the percent sign escaped. */
function toMessage(text: string): string {
  const bytes = toHeader(text.replace(/\p{Cc}+/gu, ' ')) ?? '';
  return bytes.replace(/[^\x20-\x24\x26-\x7e]/g, (byte) => {
    return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
}
