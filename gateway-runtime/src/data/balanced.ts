import { fail } from '@apig/sdk/contract';
import type { Call } from './call.ts';
import { originOf, type Channel, type Member } from './channel.ts';
import type { BackendReply } from './exchange.ts';
import type { Outbound } from './outbound.ts';
import { isBackendFailure, retriesOf } from './proxy.ts';

/** A channel with the protocol that its members are spoken to in. */
export interface ChannelUse {
  readonly channel: Channel;
  readonly protocol: 'HTTP' | 'HTTPS';
}

/**
 * Sends a request to a member of a channel. Where a further attempt is allowed, another member has it; a call fails for
 * good when no member is left. A failed attempt marks nobody: that is what health checks are for.
 *
 * Source: user guide, "Creating an API" (retries with a load balance channel); "Error Codes".
 *
 * @param send makes one attempt, without repeating it
 * @throws `noUsableMember`, and what the last attempt throws
 */
export async function sendBalanced(
  outbound: Outbound,
  { channel, protocol }: ChannelUse,
  call: Call,
  send: (outbound: Outbound) => Promise<BackendReply>,
): Promise<BackendReply> {
  const { backend, method } = outbound;
  const retries = retriesOf(backend.retryCount, method);
  const key = { address: call.client.text, path: call.path };
  const tried = new Set<Member>();
  let failure: Error | undefined;
  for (;;) {
    call.lease?.end();
    call.lease = channel.take(key, tried);
    if (call.lease === undefined) throw failure ?? fail('noUsableMember');
    const { member } = call.lease;
    tried.add(member);
    const origin = originOf(member, protocol);
    try {
      return await send({ ...outbound, backend: { ...backend, origin, retryCount: 0 } });
    } catch (error) {
      const isSpent = call.body?.isStarted === true && call.heldBody === undefined;
      if (tried.size > retries || isSpent || !isBackendFailure(error)) throw error;
      failure = error as Error;
    }
  }
}
