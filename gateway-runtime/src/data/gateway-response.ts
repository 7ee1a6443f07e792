import { fail, isApigError, type ApigError } from '@apig/sdk/contract';
import type { Call } from './call.ts';
import { gatewayHead } from './reply-head.ts';

/** How a gateway words its own answers. The sets of a group, one template for each type of answer, will be others. */
export interface GatewayResponses {
  answer(error: ApigError, requestId: string): { readonly status: number; readonly body: string };
}

/** The answers of a group that has no templates. Source: API reference, "Gateway Responses" (default template). */
export const DEFAULT_RESPONSES: GatewayResponses = {
  answer: (error, requestId) => ({
    status: error.status,
    body: JSON.stringify({ error_code: error.code, error_msg: error.message, request_id: requestId }),
  }),
};

/** Answers a call that the gateway itself refuses or fails. An answer that has begun can only be broken off. */
export function sendGatewayResponse(call: Call, error: ApigError): void {
  call.errorCode = error.code;
  if (call.reply.isGone) return;
  if (call.reply.isStarted) {
    call.reply.abort();
    return;
  }
  const { status, body } = (call.plan?.responses ?? DEFAULT_RESPONSES).answer(error, call.id);
  call.status = status;
  call.reply.send(status, ['Content-Type', 'application/json', ...gatewayHead(call)], body);
}

/** The error that a caller is told of: what no rule foresees is `internal`. */
export function toCallError(error: unknown): ApigError {
  return isApigError(error) ? error : fail('internal', {}, { cause: error });
}
