import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import type { TakenCalls } from '../data/counted-calls.ts';
import type { Order, Report, Told, WorkerAddresses, WorkerStart } from './messages.ts';

/** Told what a worker does by itself. */
export interface WorkerEvents {
  readonly onLines: (text: string) => void;
  /** Calls that it has counted since it told so last. */
  readonly onCounted: (calls: TakenCalls) => void;
  /** An error that nobody caught; the thread ends after it. */
  readonly onError: (error: Error) => void;
  readonly onExit: () => void;
}

/** What a worker is started with, but for its end of the line. */
export type StartOf = Omit<WorkerStart, 'port'>;

/** The module that a worker runs: beside this one, and as it is, source or built. */
const ENTRY = new URL(import.meta.url.endsWith('.ts') ? 'worker.ts' : 'worker.js', import.meta.url);

/** A worker as the main thread sees it. */
export class WorkerThread {
  readonly owner: number;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  /** News that it has taken over. */
  #known: number;
  /** Those who wait until it knows the news of a number. */
  readonly #waiting = new Map<() => void, number>();
  /** Question -> who asked. */
  readonly #asked = new Map<number, (told: Told | undefined) => void>();
  #questions = 0;
  #onListening: ((addresses: WorkerAddresses) => void) | undefined;
  #onFailure: ((error: Error) => void) | undefined;
  #onDrained: (() => void) | undefined;
  #isOver = false;
  /** Signs of life that it was asked for since it gave the last one. */
  owed = 0;

  /** @param memoryMb what its objects may take, in MiB */
  constructor(start: StartOf, memoryMb: number, events: WorkerEvents) {
    const { port1, port2 } = new MessageChannel();
    this.owner = start.owner;
    this.#known = start.newsNumber;
    this.#port = port1;
    const workerData: WorkerStart = { ...start, port: port2 };
    this.#worker = new Worker(ENTRY, {
      name: `calls-${start.owner - 1}`,
      workerData,
      transferList: [port2],
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    });
    port1.on('message', (report: Report) => this.#hear(report, events));
    this.#worker.on('error', (error: Error) => {
      this.#onFailure?.(error);
      events.onError(error);
    });
    this.#worker.on('exit', () => {
      // What it still had to say waits in the line.
      for (;;) {
        const last = receiveMessageOnPort(port1) as { readonly message: Report } | undefined;
        if (last === undefined) break;
        this.#hear(last.message, events);
      }
      this.#end();
      events.onExit();
    });
  }

  /** Whether the thread has ended. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Where it listens, once it does. @throws why it does not */
  listening(): Promise<WorkerAddresses> {
    return new Promise((resolve, reject) => {
      this.#onListening = resolve;
      this.#onFailure = reject;
    });
  }

  tell(order: Order): void {
    this.#port.postMessage(order);
  }

  /** Asks for a sign of life. */
  ping(): void {
    this.owed += 1;
    this.tell({ kind: 'ping' });
  }

  /** Resolves when it knows the news of a number, or is no more. */
  knows(number: number): Promise<void> {
    if (this.#isOver || this.#known >= number) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.set(resolve, number));
  }

  /** Has it hand over what it has counted, and tell what it holds; undefined when it has ended meanwhile. */
  ask(): Promise<Told | undefined> {
    if (this.#isOver) return Promise.resolve(undefined);
    const id = (this.#questions += 1);
    return new Promise((resolve) => {
      this.#asked.set(id, resolve);
      this.tell({ kind: 'ask', id });
    });
  }

  /** Has it take no new calls and finish those under way. Resolves when it has, or is no more. */
  drain(timeoutMs: number): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onDrained = resolve;
      this.tell({ kind: 'drain', timeoutMs });
    });
  }

  /** Ends the thread, whatever it does. */
  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #hear(report: Report, events: WorkerEvents): void {
    this.owed = 0;
    switch (report.kind) {
      case 'lines':
        events.onLines(report.text);
        return;
      case 'listening':
        this.#onListening?.(report.addresses);
        return;
      case 'failed':
        this.#onFailure?.(Object.assign(new Error(report.failure.message), report.failure.fields));
        return;
      case 'alive':
        return;
      case 'applied':
        this.#known = report.number;
        for (const [resolve, number] of this.#waiting) {
          if (number > report.number) continue;
          this.#waiting.delete(resolve);
          resolve();
        }
        return;
      case 'counted':
        events.onCounted(report.calls);
        return;
      case 'answer':
        this.#asked.get(report.id)?.(report.told);
        this.#asked.delete(report.id);
        return;
      case 'drained':
        this.#onDrained?.();
    }
  }

  /** Nobody waits for a thread that is no more. */
  #end(): void {
    this.#isOver = true;
    this.#onFailure?.(new Error('a worker ended before it listened'));
    for (const resolve of this.#waiting.keys()) resolve();
    for (const resolve of this.#asked.values()) resolve(undefined);
    this.#waiting.clear();
    this.#asked.clear();
    this.#onDrained?.();
    this.#port.close();
  }
}
