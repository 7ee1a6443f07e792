import { fail } from '@apig/sdk/contract';
import type { Call } from './call.ts';

/** Bounds the body of a call as its gateway says. @throws `bodyTooLarge` when more is announced */
export function admitBody({ body, features, reply }: Call): void {
  if (body === undefined) return;
  const { maxBodyBytes } = features;
  body.incoming.maxBytes = maxBodyBytes;
  if (Math.max(body.length ?? 0, body.incoming.bytes) <= maxBodyBytes) return;
  // What is announced is not taken in.
  reply.isLast = true;
  throw fail('bodyTooLarge');
}
