import {
  fail,
  GATEWAY_RESPONSE_TYPES,
  isApigError,
  type ApigError,
  type GatewayResponseType,
} from '@apig/sdk/contract';
import type { Bodies } from '../store/configuration.ts';
import type { Call } from './call.ts';
import { grpcStatus, speaksGrpc } from './grpc/status.ts';
import { toHeader } from './header-text.ts';
import { gatewayHead, shapedLines } from './reply-head.ts';
import { compileTemplate, type Template } from './response-template.ts';

/** How a gateway words its own answers: type -> what is said otherwise than usual. */
export type GatewayResponses = ReadonlyMap<GatewayResponseType, AnswerPlan>;

interface AnswerPlan {
  /** Undefined: that of the error. */
  readonly status: number | undefined;
  readonly body: Template;
  readonly headers: readonly { readonly name: string; readonly value: Template }[];
  readonly hasContentType: boolean;
}

/** Works out the templates of a group's response. Source: API reference, "Creating a Gateway Response". */
export function compileResponses({
  responses,
}: Pick<Bodies['gatewayResponse'], 'responses'>): GatewayResponses {
  return new Map(
    Object.entries(responses).flatMap(([name, given]): readonly [GatewayResponseType, AnswerPlan][] => {
      if (given === undefined) return [];
      const headers = Object.entries(given.headers ?? {}).map(([header, value]) => ({
        name: header,
        value: compileTemplate(value),
      }));
      const plan = {
        status: given.status,
        body: compileTemplate(given.body ?? ''),
        headers,
        hasContentType: headers.some((header) => header.name.toLowerCase() === 'content-type'),
      };
      // The keys of the one are those of the other.
      return [[GATEWAY_RESPONSE_TYPES[name as keyof typeof GATEWAY_RESPONSE_TYPES].type, plan]];
    }),
  );
}

/** The answer to an error for which no group says another one. Source: API reference, "Gateway Responses" (default template). */
export function usualAnswer(
  error: ApigError,
  requestId: string,
): { readonly status: number; readonly body: string } {
  return {
    status: error.status,
    body: JSON.stringify({ error_code: error.code, error_msg: error.message, request_id: requestId }),
  };
}

/**
 * Answers a call that the gateway itself refuses or fails: as the API's response says, or before an API is found that of
 * the group. An answer that has begun can only be broken off.
 *
 * A type that nobody set never changes the status of an error, whatever status it shows in the management API.
 */
export function sendGatewayResponse(call: Call, error: ApigError): void {
  call.errorCode = error.code;
  if (call.reply.isGone) return;
  if (call.reply.isStarted) {
    call.reply.abort();
    return;
  }
  if (speaksGrpc(call)) {
    call.status = error.status;
    const status = ['Content-Type', 'application/grpc', ...grpcStatus(error, error.status)];
    call.reply.send(200, [...status, ...gatewayHead(call)], '');
    return;
  }
  const plan = error.type === undefined ? undefined : call.responses?.get(error.type);
  const head: string[] = [];
  let { status, body } = usualAnswer(error, call.id);
  if (plan !== undefined) {
    status = plan.status ?? status;
    body = plan.body(call, error, inJson);
    for (const { name, value } of plan.headers) {
      const text = toHeader(value(call, error, inHeader));
      if (text !== undefined) head.push(name, text);
    }
  }
  if (plan?.hasContentType !== true) head.push('Content-Type', 'application/json');
  call.status = status;
  call.reply.send(status, [...shapedLines(call, head), ...gatewayHead(call)], body);
}

/** The error that a caller is told of: what no rule foresees is `internal`. */
export function toCallError(error: unknown): ApigError {
  return isApigError(error) ? error : fail('internal', {}, { cause: error });
}

/** A value inside a JSON text, whose quotes are the template's. */
function inJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

/** A value inside a header line, which it must not end. */
function inHeader(value: string): string {
  return value.replace(/\p{Cc}+/gu, ' ');
}
