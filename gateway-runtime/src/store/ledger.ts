import type { Clock } from '../clock.ts';
import type { Change, Configuration, ConfigurationReader } from './configuration.ts';
import { Draft } from './draft.ts';
import { Queue } from './queue.ts';
import type { RevisionMeta, Store } from './store.ts';

/**
 * Told of every write once it is durable and readable. The write is not answered before it returns, or before what it
 * returns resolves; the next write is not made before that either.
 */
export type Listener = (
  configuration: ConfigurationReader,
  changes: readonly Change[],
) => void | Promise<void>;

/** Who writes, by which request, and from where. */
export type Author = Omit<RevisionMeta, 'at'>;

/**
 * The only way to change the configuration. One write at a time: its work changes a draft, the changes are made
 * durable, then readable, then in force, and then the write resolves. Work that throws leaves no trace, and neither
 * does a write that could not be made durable.
 */
export class Ledger {
  readonly #store: Store;
  readonly #configuration: Configuration;
  readonly #clock: Clock;
  readonly #listeners: Listener[];
  readonly #queue = new Queue();

  constructor(store: Store, configuration: Configuration, clock: Clock, listeners: readonly Listener[] = []) {
    this.#store = store;
    this.#configuration = configuration;
    this.#clock = clock;
    this.#listeners = [...listeners];
  }

  /** Has another one told of every write from now on. */
  listen(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /** What is configured now. */
  get configuration(): ConfigurationReader & { readonly revision: number } {
    return this.#configuration;
  }

  /** Where the history is read. */
  get store(): Store {
    return this.#store;
  }

  /** Runs work on a draft and puts what it changed in force. Work that changes nothing makes no revision. */
  write<T>(author: Author, work: (draft: Draft) => T): Promise<T> {
    return this.#queue.run(async () => {
      const at = new Date(this.#clock.now()).toISOString();
      const draft = new Draft(this.#configuration, at);
      const result = work(draft);
      const changes = draft.changes();
      if (changes.length > 0) {
        const revision = await this.#store.append(changes, { at, ...author });
        this.#configuration.apply(changes, revision);
        for (const listen of this.#listeners) await listen(this.#configuration, changes);
      }
      return result;
    });
  }
}
