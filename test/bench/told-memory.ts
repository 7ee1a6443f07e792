import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Memory that is in use, once what is not has been collected. In bytes. */
export interface Memory {
  /** Of the whole process, as the system sees it. */
  readonly rss: number;
  readonly heapUsed: number;
  /** Outside the heap, held by what is in it. */
  readonly external: number;
}

/** Has this process tell its memory to the one that started it, whenever that asks. */
export function tellMemory(): void {
  setFlagsFromString('--expose-gc');
  // The flag came too late for this context; a new one has the function.
  const collect = runInNewContext('gc') as () => void;
  process.on('message', () => {
    // What the first run of finalizers lets go, the second collects.
    collect();
    setImmediate(() => {
      collect();
      const { rss, heapUsed, external } = process.memoryUsage();
      process.send?.({ rss, heapUsed, external } satisfies Memory);
    });
  });
}
