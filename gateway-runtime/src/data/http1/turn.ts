/*
 * What is done once in a turn of the event loop, for all that is read in it.
 */

/** Something that has gathered bytes to be written. */
export interface Sender {
  /** Writes what has gathered; nothing when there is nothing. */
  flush(): void;
}

/** Those that have something to write, in the order in which they came; used again in each turn. */
const senders: (Sender | undefined)[] = [];
let count = 0;
let timeMs = 0;
let isEndDue = false;

/**
 * Has a sender write at the end of the present turn, when all that could be read was read.
 *
 * Reading and writing in turns wakes up the other ends one by one, and each time takes the other half of the code, and
 * of the kernel, into the processor's caches. Measured with plain calls on 64 connections: a sixth less processor time
 * for each call. A call that is alone is not held up, as its turn ends with it.
 */
export function flushSoon(sender: Sender): void {
  if (!isEndDue) awaitEnd();
  senders[count] = sender;
  count += 1;
}

/** Monotonic milliseconds, read once in a turn: asking costs more than most of what is timed by it. */
export function turnTime(): number {
  if (timeMs !== 0) return timeMs;
  if (!isEndDue) awaitEnd();
  return (timeMs = performance.now());
}

function awaitEnd(): void {
  isEndDue = true;
  setImmediate(endTurn);
}

function endTurn(): void {
  const last = count;
  // Whatever begins to gather from here on has a turn of its own.
  count = 0;
  timeMs = 0;
  isEndDue = false;
  for (let index = 0; index < last; index += 1) {
    const sender = senders[index];
    senders[index] = undefined;
    sender?.flush();
  }
}
