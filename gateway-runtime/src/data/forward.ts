import { sendBalanced } from './balanced.ts';
import type { Call } from './call.ts';
import type { BackendReply } from './exchange.ts';
import type { Outbound } from './outbound.ts';
import { proxy } from './proxy.ts';
import type { Services } from './services.ts';

/** Sends a request to its backend: the one that the API names, or a member of its channel. @throws what keeps it from an answer */
export function forward(outbound: Outbound, call: Call, services: Services): Promise<BackendReply> {
  const send = (each: Outbound) => proxy(each, call, services);
  const { channel } = outbound.backend;
  return channel === undefined ? send(outbound) : sendBalanced(outbound, channel, call, send);
}
