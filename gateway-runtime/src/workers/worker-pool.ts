import type { Log } from '../observe/log.ts';
import type { TakenCalls } from '../data/counted-calls.ts';
import type { News, Told, WorkerAddresses } from './messages.ts';
import { WorkerThread, type StartOf } from './worker-thread.ts';

/** What a pool is told. */
export interface WorkerPoolOptions {
  readonly threads: number;
  /** What the objects of each worker may take, in MiB. */
  readonly memoryMb: number;
  readonly log: Log;
  /** One word of memory that all threads see: the number of the last news. */
  readonly news: Int32Array;
  /** What a worker starts with: everything that is known at the moment. */
  readonly startOf: (owner: number, listen: WorkerAddresses, newsNumber: number) => StartOf;
  /** Told of log lines. */
  readonly onLines: (text: string) => void;
  /** Told of calls that a thread has counted. */
  readonly onCounted: (calls: TakenCalls) => void;
  /** Told that a thread is no more, before another one takes its number. */
  readonly onGone: (owner: number) => void;
}

/** Number of the first worker; the main thread is 1. */
const FIRST_OWNER = 2;

/** How long a worker may take to listen, in milliseconds: large configurations take seconds. */
const START_MS = 120_000;

/** How long news may take to be taken over, before whoever brought it waits no longer and the worker is replaced. */
const NEWS_MS = 5000;

/** How often workers are asked for a sign of life, and how many they may owe. */
const PULSE_MS = 2500;
const MAX_OWED = 4;

/** Beyond the time for calls under way, for saying that they have ended. */
const GRACE_MS = 1000;

/** Pauses before a worker is replaced: twice as long each time, and short again after one that lasted. */
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 10_000;
const LASTING_MS = 60_000;

/** A place for a worker: when one ends, another one comes. */
interface Place {
  thread: WorkerThread | undefined;
  isListening: boolean;
  startedAt: number;
  pauseMs: number;
  timer: NodeJS.Timeout | undefined;
}

/** Keeps as many workers as it is told, and speaks to all of them. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #places = new Map<number, Place>();
  #listen: WorkerAddresses = {};
  #pulse: NodeJS.Timeout | undefined;
  #newsNumber = 0;
  #isKept = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  /** Starts the workers. The first one says where, if any port will do. @throws why one of them does not listen */
  async open(listen: WorkerAddresses): Promise<WorkerAddresses> {
    this.#listen = listen;
    const owners = Array.from({ length: this.#options.threads }, (_, index) => FIRST_OWNER + index);
    const [first = FIRST_OWNER, ...others] = owners;
    try {
      this.#listen = await this.#start(first);
      await Promise.all(others.map((owner) => this.#start(owner)));
    } catch (error) {
      await this.drain(0);
      throw error;
    }
    this.#isKept = true;
    this.#pulse = setInterval(() => {
      this.#feel();
    }, PULSE_MS).unref();
    return this.#listen;
  }

  /**
   * Puts news in force for all workers at once. Resolves when they have taken it over, or have been waited for long
   * enough: it is in force in any case, since a worker looks for it before each call.
   */
  async tell(news: News): Promise<void> {
    const number = (this.#newsNumber += 1);
    const places = [...this.#places.values()];
    for (const { thread } of places) thread?.tell({ kind: 'news', number, news });
    Atomics.store(this.#options.news, 0, number);
    await Promise.all(
      places.map(async ({ thread, isListening }) => {
        if (thread === undefined || !isListening) return;
        if (!(await isInTime(thread.knows(number), NEWS_MS))) this.#replace(thread);
      }),
    );
  }

  /** Has the workers that listen hand over what they have counted, and tell what they hold. */
  async ask(): Promise<readonly Told[]> {
    const threads = this.#listening();
    const told = await Promise.all(threads.map((thread) => thread.ask()));
    return told.filter((each) => each !== undefined);
  }

  /** Has all workers finish what they do for at most that long, and ends them. */
  async drain(timeoutMs: number): Promise<void> {
    this.#isKept = false;
    clearInterval(this.#pulse);
    await Promise.all(
      [...this.#places.values()].map(async ({ thread, isListening, timer }) => {
        clearTimeout(timer);
        if (thread === undefined) return;
        if (isListening) await isInTime(thread.drain(timeoutMs), timeoutMs + GRACE_MS);
        await thread.terminate();
      }),
    );
  }

  #listening(): readonly WorkerThread[] {
    return [...this.#places.values()].flatMap(({ thread, isListening }) =>
      thread !== undefined && isListening ? [thread] : [],
    );
  }

  async #start(owner: number): Promise<WorkerAddresses> {
    const { startOf, memoryMb, log, onLines, onCounted } = this.#options;
    const place = this.#placeOf(owner);
    const start = startOf(owner, this.#listen, this.#newsNumber);
    const thread = new WorkerThread(start, memoryMb, {
      onLines,
      onCounted,
      onError: (error) => log.error({ worker: owner, err: error }, 'a worker failed'),
      onExit: () => {
        this.#leave(owner, place);
      },
    });
    place.thread = thread;
    place.startedAt = performance.now();
    const listening = thread.listening();
    if (!(await isInTime(listening, START_MS))) {
      await thread.terminate();
      throw new Error(`a worker does not listen after ${START_MS} ms`);
    }
    place.isListening = true;
    return listening;
  }

  #placeOf(owner: number): Place {
    const known = this.#places.get(owner);
    if (known !== undefined) return known;
    const place = {
      thread: undefined,
      isListening: false,
      startedAt: 0,
      pauseMs: FIRST_PAUSE_MS,
      timer: undefined,
    };
    this.#places.set(owner, place);
    return place;
  }

  #leave(owner: number, place: Place): void {
    place.thread = undefined;
    place.isListening = false;
    this.#options.onGone(owner);
    if (!this.#isKept) return;
    if (performance.now() - place.startedAt > LASTING_MS) place.pauseMs = FIRST_PAUSE_MS;
    const { log } = this.#options;
    log.warn({ worker: owner, pauseMs: place.pauseMs }, 'a worker ended, and is replaced');
    place.timer = setTimeout(() => {
      this.#start(owner).then(
        () => log.info({ worker: owner }, 'a worker was replaced'),
        // Its end is told in the same way, and leads to the next attempt.
        (error: unknown) => log.error({ worker: owner, err: error }, 'a worker could not be replaced'),
      );
    }, place.pauseMs);
    place.pauseMs = Math.min(MAX_PAUSE_MS, place.pauseMs * 2);
  }

  #feel(): void {
    for (const thread of this.#listening()) {
      if (thread.owed >= MAX_OWED) this.#replace(thread);
      else thread.ping();
    }
  }

  #replace(thread: WorkerThread): void {
    if (thread.isOver) return;
    this.#options.log.error({ worker: thread.owner }, 'a worker does not answer');
    void thread.terminate();
  }
}

/** Whether something happens in time. @throws what it is rejected with before */
async function isInTime(done: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    // What has arrived while this thread was busy is heard first.
    timer = setTimeout(() => setImmediate(resolve, false), timeoutMs);
  });
  try {
    return await Promise.race([done.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
