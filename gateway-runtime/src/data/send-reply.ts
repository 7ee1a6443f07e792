import type { Call } from './call.ts';
import type { BackendReply } from './exchange.ts';
import { toBackendError } from './proxy.ts';
import { gatewayFields } from './reply-head.ts';

/** Passes the answer of a backend on to the caller. @throws what breaks the answer off, with nobody to be told */
export async function sendReply(call: Call, reply: BackendReply): Promise<void> {
  call.status = reply.status;
  try {
    await reply.sendTo(call.reply, gatewayFields(call, reply));
  } catch (error) {
    throw toBackendError(error, call);
  }
}
