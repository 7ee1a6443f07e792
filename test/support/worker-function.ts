import { setImmediate } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';

const kept: number[][] = [];

/**
 * A function that does in its thread what the path of a call says: names the thread, fails where nobody catches it, takes
 * all memory, or never lets go.
 */
export async function handler(event: { readonly path: string }): Promise<object> {
  if (event.path === '/fail') {
    void Promise.resolve().then(() => {
      throw new Error('nobody catches this');
    });
    await setImmediate();
  }
  for (; event.path === '/fill';) kept.push(Array.from({ length: 100_000 }, Math.random));
  // A thread that is stuck.
  for (; event.path === '/hang';);
  return { statusCode: 200, body: String(threadId) };
}
