import type { Call } from './call.ts';
import { passCompressed } from './gzip.ts';
import type { Answer } from './http1/answer.ts';
import { gatewayFields, shapedFields } from './reply-head.ts';

/**
 * Passes an answer on to the caller: its lines as the plug-ins of the API shape them, and those of the gateway.
 *
 * @param idleMs pause that ends a connection of another protocol
 * @returns what fails when the answer breaks off, or the caller hangs up; nothing for an answer that has left
 */
export function passOn(
  call: Call,
  answer: Answer,
  fields: string,
  idleMs: number,
): Promise<void> | undefined {
  const own = shapedFields(call, fields);
  const all = own + gatewayFields(call, answer.head);
  const { gzipLevel } = call.features;
  return gzipLevel === undefined
    ? call.reply.pass(answer, all, idleMs)
    : passCompressed(call, answer, all, idleMs, gzipLevel);
}
