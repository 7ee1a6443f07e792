import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from '@jest/globals';
import {
  createSharedCounts,
  type SharedCounts,
} from '../../gateway-runtime/src/data/counting/count-memory.ts';
import { CountTable } from '../../gateway-runtime/src/data/counting/count-table.ts';
import { Counters } from '../../gateway-runtime/src/data/counters.ts';
import type { CountTask } from '../support/count-thread.ts';

const NOW = Date.UTC(2026, 0, 15, 12);
const MINUTE = 60;
const DAY = 86_400;

function countOf(counters: Counters, id: string, nowMs = NOW): number {
  const window = counters.policy('policy');
  window.enter(nowMs, DAY);
  window.table.enter();
  try {
    return window.addresses.of(id);
  } finally {
    window.table.leave();
  }
}

function add(counters: Counters, id: string, nowMs = NOW): void {
  const window = counters.policy('policy');
  window.enter(nowMs, DAY);
  window.table.enter();
  window.addresses.of(id);
  window.addresses.add();
  window.table.leave();
}

describe('a window of calls', () => {
  test('begins at multiples of its length and carries nothing over', () => {
    const window = new Counters().api('api');
    const counts = [NOW + 59_999, NOW + 59_999, NOW + 60_000].map((nowMs) => {
      window.enter(nowMs, MINUTE);
      window.add();
      return window.total;
    });
    expect(counts).toEqual([1, 2, 1]);
  });

  test('is not taken back by a call that was on its way when it began', () => {
    const window = new Counters().api('api');
    const counts = [NOW, NOW - 1, NOW].map((nowMs) => {
      window.enter(nowMs, MINUTE);
      window.add();
      return window.total;
    });
    expect(counts).toEqual([1, 2, 3]);
  });

  test('begins anew when the clock is set back by more than a window', () => {
    const window = new Counters().api('api');
    const counts = [NOW, NOW - 120_001].map((nowMs) => {
      window.enter(nowMs, MINUTE);
      window.add();
      return window.total;
    });
    expect(counts).toEqual([1, 1]);
  });
});

describe('a table of counts', () => {
  test('loses nothing while it grows', () => {
    const counters = new Counters();
    for (let round = 0; round < 3; round += 1) {
      for (let index = 0; index < 20_000; index += 1) add(counters, `caller-${index}`);
    }
    const counts = Array.from({ length: 20_000 }, (_, index) => countOf(counters, `caller-${index}`));
    expect(new Set(counts)).toEqual(new Set([3]));
  });

  test('uses the memory of windows that are over for others', () => {
    const counters = new Counters();
    for (let day = 0; day < 50; day += 1) {
      for (let index = 0; index < 400; index += 1) add(counters, `${day}/${index}`, NOW + day * DAY * 1000);
    }
    expect(counters.table.capacity).toBeLessThanOrEqual(4096);
  });

  test('takes no more memory than it may, and keeps the counts of policies', () => {
    const counters = new Counters();
    const kept = Array.from({ length: 100 }, (_, index) => counters.policy(`kept-${index}`));
    for (const window of kept) {
      window.enter(NOW, DAY);
      window.add();
    }
    for (let index = 0; index < 1_300_000; index += 1) add(counters, `flood-${index}`);
    expect(counters.table.capacity).toBe(2 ** 20);
    expect(kept.map(({ total }) => total)).toEqual(kept.map(() => 1));
  });
});

describe('counts in memory that threads share', () => {
  test('are exact, also while the memory grows', async () => {
    const counts = createSharedCounts('secret');
    const passed = await inThreads(counts, { attempts: 20_000, limit: 30_000, subjects: 3000 });
    const counters = new Counters(new CountTable({ counts, owner: 9 }));

    expect(passed[0] + passed[1] + passed[2]).toBe(30_000);
    expect(countOf(counters, '10.0.0.7')).toBe(3 * Math.ceil((20_000 - 7) / 3000));
    expect(counters.table.capacity).toBeGreaterThan(1024);
  });

  test('go on when a thread ends in the middle of counting', async () => {
    const counts = createSharedCounts('secret');
    await inThreads(counts, { attempts: 10, limit: 10, subjects: 1, isDying: true, threads: 1 });
    const counters = new Counters(new CountTable({ counts, owner: 9 }));

    // Nobody tells that the thread is no more: whoever waits finds out.
    expect(countOf(counters, '10.0.0.0')).toBe(10);
  });

  test('are free as soon as it is known that a thread has ended', async () => {
    const counts = createSharedCounts('secret');
    await inThreads(counts, { attempts: 10, limit: 10, subjects: 1, isDying: true, threads: 1 });
    const counters = new Counters(new CountTable({ counts, owner: 9 }));

    counters.table.leaveFor(2);
    const start = performance.now();
    countOf(counters, '10.0.0.0');
    expect(performance.now() - start).toBeLessThan(100);
  });
});

async function inThreads(
  counts: SharedCounts,
  {
    threads = 3,
    isDying = false,
    ...task
  }: Pick<CountTask, 'attempts' | 'limit' | 'subjects'> & Partial<Pick<CountTask, 'threads' | 'isDying'>>,
): Promise<readonly [number, number, number]> {
  const ready = new SharedArrayBuffer(4);
  const [first = 0, second = 0, third = 0] = await Promise.all(
    Array.from({ length: threads }, async (_, index) => {
      const workerData: CountTask = {
        ...task,
        counts,
        owner: 2 + index,
        threads,
        ready,
        nowMs: NOW,
        isDying,
      };
      const worker = new Worker(new URL('../support/count-thread.ts', import.meta.url), { workerData });
      const [passed] = (await once(worker, 'message')) as [number];
      await worker.terminate();
      return passed;
    }),
  );
  return [first, second, third];
}
