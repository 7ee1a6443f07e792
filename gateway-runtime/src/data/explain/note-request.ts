import { fail } from '@apig/sdk/contract';
import type { Call } from '../call.ts';
import { endCall } from '../end-call.ts';
import type { Outbound } from '../outbound.ts';
import type { Services } from '../services.ts';
import type { Trial } from './trial.ts';

const NO_BYTES = new Uint8Array(0);

/** Notes what the backend would be sent, and ends the call. @throws `backendSigningFailed`, `noUsableMember` */
export function noteRequest(outbound: Outbound, call: Call, services: Services, trial: Trial): void {
  const { method, target, host, signer, body } = outbound;
  if (outbound.backend.channel?.channel.rotation.length === 0) throw fail('noUsableMember');
  const held = body instanceof Uint8Array ? body : body?.takeWhole();
  const lines = signer?.sign({ method, target, host, body: held ?? NO_BYTES }, services.clock.now()) ?? [];
  trial.signature = lines.filter((_, index) => index % 2 === 0);
  trial.outbound = outbound;
  endCall(call, services);
}
