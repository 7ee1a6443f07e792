import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 make all objects in young memory, for the whole process.
 *
 * V8 makes objects directly in old memory when it finds that those of one place in the code usually live long. The
 * objects of calls under way at a moment all do; from then on everything that a call refers to is kept until old
 * memory is cleaned, so that it looks long-lived too. Measured with plain calls: pauses of 20 ms instead of
 * one, and a fifth more processor time for each call.
 */
export function allocateYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}
