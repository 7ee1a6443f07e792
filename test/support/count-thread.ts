import { parentPort, workerData } from 'node:worker_threads';
import type { SharedCounts } from '../../gateway-runtime/src/data/counting/count-memory.ts';
import { CountTable } from '../../gateway-runtime/src/data/counting/count-table.ts';
import { Counters } from '../../gateway-runtime/src/data/counters.ts';

/** What a thread is to count. */
export interface CountTask {
  readonly counts: SharedCounts;
  readonly owner: number;
  /** Attempts to be counted under the limit. */
  readonly attempts: number;
  readonly limit: number;
  /** Subjects that are counted besides, each as often as others. */
  readonly subjects: number;
  /** Threads that begin at the same time, and the word in which they count themselves. */
  readonly threads: number;
  readonly ready: SharedArrayBuffer;
  readonly nowMs: number;
  /** Ends in the middle of what happens at once, and never leaves it. */
  readonly isDying: boolean;
}

const task = workerData as CountTask;
const counters = new Counters(new CountTable(task));
const window = counters.policy('policy');
const ready = new Int32Array(task.ready);
Atomics.add(ready, 0, 1);
while (Atomics.load(ready, 0) < task.threads);
let passed = 0;
for (let attempt = 0; attempt < task.attempts; attempt += 1) {
  window.enter(task.nowMs, 86_400);
  if (window.addBelow(task.limit)) passed += 1;
  window.table.enter();
  window.addresses.of(`10.0.0.${attempt % task.subjects}`);
  window.addresses.add();
  window.table.leave();
}
if (task.isDying) window.table.enter();
parentPort?.postMessage(passed);
