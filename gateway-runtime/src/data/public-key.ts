import { fail } from '@apig/sdk/contract';
import type { Call } from './call.ts';
import { gatewayHead } from './reply-head.ts';
import type { HostEntry, Snapshot } from './snapshot.ts';

/**
 * Answers whoever asks for the public key of a signature key, so that backends can check signatures: below a path of
 * the gateway's, on all of its hosts.
 *
 * Source: user guide, "Configuring Gateway Parameters" (public_key).
 *
 * @returns whether the call is answered
 * @throws `publicKeyMissing`
 */
export function answerPublicKey(call: Call, { gatewayId }: HostEntry, snapshot: Snapshot): boolean {
  const { publicKeyPrefix: prefix } = call.features;
  if (prefix === undefined || call.method !== 'GET' || !call.path.startsWith(prefix)) return false;
  const id = call.path.slice(prefix.length);
  const publicKey = snapshot.publicKeyOf(gatewayId, id);
  if (publicKey === undefined) throw fail('publicKeyMissing');
  call.status = 200;
  call.reply.send(
    200,
    ['Content-Type', 'application/json', ...gatewayHead(call)],
    JSON.stringify({ id, public_key: publicKey }),
  );
  return true;
}
