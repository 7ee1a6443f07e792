import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { Change, Configuration, ConfigurationReader } from './configuration.ts';
import { Draft } from './draft.ts';
import { joined } from './joined-changes.ts';
import type { Entry, RevisionMeta, Store } from './store.ts';

/** Writes that are made durable by one step, at most; their work is done in one go, and calls wait meanwhile. */
const MAX_GROUP = 128;

/**
 * Told of every write once it is durable and readable. The write is not answered before it returns, or before what it
 * returns resolves; the next write is not made before that either. Writes that are made durable together are told of
 * together: of each object there is one change.
 */
export type Listener = (
  configuration: ConfigurationReader,
  changes: readonly Change[],
) => void | Promise<void>;

/** Who writes, by which request, and from where. */
export type Author = Omit<RevisionMeta, 'at'>;

/** What a write came to. */
export interface Written<T> {
  readonly result: T;
  /** The newest revision once it was in force: its own, unless it changed nothing. */
  readonly revision: number;
}

/** Something beside the configuration on which changes are staged. */
export interface Stage {
  /** Its ID in the store. */
  readonly id: string;
  /** What is staged already. */
  readonly draft: Draft;
  /** Takes over what is staged now and lasts. */
  take(changes: readonly Change[]): void;
  /** When it expires, if nothing more is staged on it. */
  readonly expiresAtMs: number;
}

/**
 * The only way to change the configuration. One write after another: its work changes a draft, the changes are made
 * durable, then readable, then in force, and then the write resolves. Work that throws leaves no trace, and neither
 * does a write that could not be made durable.
 *
 * Writes that wait at the same time share the step that makes them durable, which takes most of the time. Each sees
 * those before it and is a revision of its own. When the step fails, all of them fail, and also the refusals among them
 * that may be due to what an earlier one would have written.
 */
export class Ledger {
  readonly #store: Store;
  readonly #configuration: Configuration;
  readonly #clock: Clock;
  readonly #listeners: Listener[];
  #waiting: Task[] = [];
  #isAtWork = false;

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
  async write<T>(author: Author, work: (draft: Draft) => T): Promise<T> {
    return (await this.commit(author, work)).result;
  }

  /** The same, and tells the revision. What is staged on `closes` is settled before the work, and ends with it. */
  commit<T>(author: Author, work: (draft: Draft) => T, closes?: Pick<Stage, 'id'>): Promise<Written<T>> {
    return this.#enter(closes !== undefined, (group) => {
      const draft = new Draft(group.draft, this.#now());
      const result = work(draft);
      const changes = draft.changes();
      group.draft.take(changes);
      if (changes.length === 0 && closes === undefined) return { result };
      const meta = { at: draft.now, ...author };
      const entry: Entry =
        changes.length === 0
          ? { type: 'closing', changesets: closes === undefined ? [] : [closes.id] }
          : { type: 'revision', changes, meta, ...(closes && { closes: closes.id }) };
      return {
        result,
        entry,
        accept: (revision) => {
          if (changes.length > 0) this.#configuration.apply(changes, revision);
          return changes;
        },
      };
    });
  }

  /** Runs work on a draft of what is staged, and stages what it changed. Work that throws stages nothing. */
  async stage<T>(stage: Stage, work: (draft: Draft) => T): Promise<T> {
    const written = await this.#enter(false, (group) => {
      const staged = group.staged.get(stage) ?? new Draft(stage.draft, this.#now());
      group.staged.set(stage, staged);
      const draft = new Draft(staged, this.#now());
      const result = work(draft);
      const changes = draft.changes();
      staged.take(changes);
      if (changes.length === 0) return { result };
      return {
        result,
        entry: { type: 'staging', changeset: stage.id, changes, expiresAtMs: stage.expiresAtMs },
        accept: () => {
          stage.take(changes);
          return [];
        },
      };
    });
    return written.result;
  }

  /** Makes something last in its turn among the writes, if `prepare` still wants it to. */
  async record(prepare: () => Entry | undefined): Promise<void> {
    await this.#enter(true, () => {
      const entry = prepare();
      return { result: undefined, ...(entry && { entry }) };
    });
  }

  #enter<T>(isAlone: boolean, prepare: (group: Group) => Prepared<T>): Promise<Written<T>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        isAlone,
        prepare: (group) => {
          const prepared = prepare(group);
          const settle = (revision: number) => resolve({ result: prepared.result, revision });
          return { ...prepared, settle };
        },
        reject,
      });
      if (!this.#isAtWork) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#isAtWork = true;
    while (this.#waiting.length > 0) {
      // Requests that have arrived together are read before this goes on.
      await nextTurn();
      await this.#writeGroup(this.#nextGroup());
    }
    this.#isAtWork = false;
  }

  #nextGroup(): readonly Task[] {
    const alone = this.#waiting.slice(0, MAX_GROUP).findIndex(({ isAlone }) => isAlone);
    return this.#waiting.splice(0, alone === -1 ? MAX_GROUP : Math.max(alone, 1));
  }

  async #writeGroup(tasks: readonly Task[]): Promise<void> {
    const group: Group = { draft: new Draft(this.#configuration, this.#now()), staged: new Map() };
    const entries: Entry[] = [];
    const accepts: ((revision: number) => readonly Change[])[] = [];
    const ends: End[] = [];
    for (const { prepare, reject } of tasks) {
      try {
        const { entry, accept = () => [], settle } = prepare(group);
        if (entry !== undefined) {
          entries.push(entry);
          accepts.push(accept);
        }
        // What has seen none of the others does not wait for them.
        if (entries.length === 0) settle(this.#configuration.revision);
        else ends.push({ last: entries.length - 1, settle, fail: reject });
      } catch (error) {
        const refuse = () => reject(error);
        if (entries.length === 0) refuse();
        else ends.push({ last: 0, settle: refuse, fail: reject });
      }
    }
    if (entries.length === 0) return;
    try {
      const revisions = await this.#store.append(entries);
      const changes = accepts.map((accept, index) => accept(revisions[index] ?? 0));
      await this.#tell(changes.filter((each) => each.length > 0));
      for (const { last, settle } of ends) settle(revisions[last] ?? 0);
    } catch (error) {
      for (const { fail } of ends) fail(error);
    }
  }

  async #tell(writes: readonly (readonly Change[])[]): Promise<void> {
    const [first, ...more] = writes;
    if (first === undefined) return;
    const changes = more.length === 0 ? first : joined(writes.flat());
    const failures: unknown[] = [];
    for (const listen of this.#listeners) {
      try {
        await listen(this.#configuration, changes);
      } catch (error) {
        // The others are told all the same: what is durable has happened.
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

/** What the writes of a group have come to so far. */
interface Group {
  readonly draft: Draft;
  readonly staged: Map<Stage, Draft>;
}

/** What the work of a write came to. */
interface Prepared<T> {
  readonly result: T;
  /** What is made durable; nothing unless given. */
  readonly entry?: Entry;
  /** Makes readable what is durable as a revision. Returns what changes in the configuration. */
  readonly accept?: (revision: number) => readonly Change[];
}

/** A write that waits. */
interface Task {
  /** Whether it shares its step with no other. */
  readonly isAlone: boolean;
  /** Does its work. @throws what it is refused for */
  readonly prepare: (
    group: Group,
  ) => Omit<Prepared<unknown>, 'result'> & { readonly settle: (revision: number) => void };
  readonly reject: (error: unknown) => void;
}

/** How a write of a group ends. */
interface End {
  /** The last entry up to it. */
  readonly last: number;
  readonly settle: (revision: number) => void;
  readonly fail: (error: unknown) => void;
}
