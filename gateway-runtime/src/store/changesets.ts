import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.ts';
import type { Change, ConfigurationReader, Stored } from './configuration.ts';
import { Draft } from './draft.ts';
import type { Author, Ledger, Stage, Written } from './ledger.ts';
import type { KeptChangeset } from './store.ts';

/** How many may be open at a time. */
export const MAX_CHANGESETS = 32;

/** How many objects one may change. */
export const MAX_STAGED = 10_000;

/** Writes that come in force together, or not at all. */
export interface Changeset {
  readonly id: string;
  /** Who opened it; nobody else sees it. */
  readonly owner: string;
  /** What its owner calls it, to find it again; empty when it has no name. */
  readonly name: string;
  readonly openedAtMs: number;
  /** How long it stays open after its last use. */
  readonly lifetimeMs: number;
  readonly expiresAtMs: number;
  /** The revision that was the newest when it was opened. */
  readonly baseRevision: number;
  /** What is configured, with what is staged. */
  readonly draft: Draft;
  /** Objects that others have changed since it was opened. */
  readonly changedByOthers: readonly ChangedObject[];
  /** Whether others have changed an object since it was staged. */
  hasMoved(object: ChangedObject): boolean;
}

/** Names an object that was changed. */
export type ChangedObject = Pick<Change, 'kind' | 'key'>;

/**
 * The open changesets. What is staged lasts like everything else, but is nobody's business before it is committed, and
 * ends with its time or its owner's word. Each use gives a changeset its whole time again.
 */
export class Changesets {
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #entries = new Map<string, OpenChangeset>();

  private constructor(ledger: Ledger, clock: Clock) {
    this.#ledger = ledger;
    this.#clock = clock;
  }

  /** Those that were open when the process ended, as far as their time is not over. */
  static async load(ledger: Ledger, clock: Clock): Promise<Changesets> {
    const changesets = new Changesets(ledger, clock);
    const { configuration, store } = ledger;
    for (const kept of await store.changesets()) {
      const entry = new OpenChangeset(kept, configuration, clock);
      entry.noteOthers(await store.between(kept.baseRevision, configuration.revision));
      changesets.#entries.set(kept.id, entry);
    }
    ledger.listen((_configuration, changes) => {
      for (const entry of changesets.#entries.values()) entry.noteOthers(changes);
    });
    changesets.#dropExpired();
    return changesets;
  }

  /** Opens one; undefined when there are as many as there may be. */
  async open(owner: string, lifetimeMs: number, name: string): Promise<Changeset | undefined> {
    this.#dropExpired();
    let entry: OpenChangeset | undefined;
    await this.#ledger.record(() => {
      if (this.#entries.size >= MAX_CHANGESETS) return undefined;
      const { configuration } = this.#ledger;
      const now = this.#clock.now();
      const kept = {
        id: randomUUID().replaceAll('-', ''),
        owner,
        name,
        openedAtMs: now,
        lifetimeMs,
        expiresAtMs: now + lifetimeMs,
        baseRevision: configuration.revision,
      };
      entry = new OpenChangeset({ ...kept, staged: [] }, configuration, this.#clock);
      return { type: 'opening', changeset: kept };
    });
    if (entry !== undefined) this.#entries.set(entry.id, entry);
    return entry;
  }

  /** An open one of the owner's, which this uses; undefined when there is none, or it is about to end. */
  find(id: string, owner: string): Changeset | undefined {
    this.#dropExpired();
    const entry = this.#entries.get(id);
    if (entry?.owner !== owner || entry.isEnding) return undefined;
    entry.use();
    return entry;
  }

  /** The open ones of an owner, oldest first. */
  all(owner: string): readonly Changeset[] {
    this.#dropExpired();
    return [...this.#entries.values()].filter((entry) => entry.owner === owner && !entry.isEnding);
  }

  /**
   * Runs work on a draft over what is staged, and stages what it changed; work that throws stages nothing. Resolves with
   * undefined when the changeset has ended before its turn.
   */
  async stage<T>({ id }: Changeset, work: (draft: Draft) => T): Promise<{ readonly result: T } | undefined> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    return this.#ledger.stage(entry, (draft) => {
      // It may have ended while this waited.
      if (entry.isEnding || this.#entries.get(id) !== entry) return undefined;
      return { result: work(draft) };
    });
  }

  /**
   * Puts everything that is staged in force as one revision, unless `check` throws. Returns the number of objects that
   * changed. A changeset that is not committed stays open.
   */
  commit(changeset: Changeset, author: Author, check: () => void): Promise<Written<number>> {
    return this.#end(changeset, () =>
      this.#ledger.commit(
        author,
        (draft) => {
          check();
          const changes = changeset.draft.changes();
          draft.take(changes);
          this.#begin(changeset);
          return changes.length;
        },
        changeset,
      ),
    );
  }

  /** Forgets one and what is staged on it. */
  withdraw(changeset: Changeset): Promise<void> {
    return this.#end(changeset, () =>
      this.#ledger.record(() => {
        if (!this.#begin(changeset)) return undefined;
        return { type: 'closing', changesets: [changeset.id] };
      }),
    );
  }

  /** Marks that it ends: what is staged on it from here on would be lost. */
  #begin({ id }: Changeset): boolean {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.isEnding) return false;
    entry.isEnding = true;
    return true;
  }

  async #end<T>({ id }: Changeset, run: () => Promise<T>): Promise<T> {
    const entry = this.#entries.get(id);
    try {
      const result = await run();
      if (entry?.isEnding === true) this.#entries.delete(id);
      return result;
    } catch (error) {
      if (entry !== undefined && this.#entries.has(id)) entry.isEnding = false;
      throw error;
    }
  }

  #dropExpired(): void {
    const now = this.#clock.now();
    const expired = [...this.#entries.values()].filter(
      ({ expiresAtMs, isEnding }) => expiresAtMs <= now && !isEnding,
    );
    if (expired.length === 0) return;
    const changesets = expired.map(({ id }) => id);
    for (const id of changesets) this.#entries.delete(id);
    // They are gone whether or not this succeeds: what is left of them is expired when it is read again.
    this.#ledger.record(() => ({ type: 'closing', changesets })).catch(() => undefined);
  }
}

/** A changeset as it is held in memory. */
class OpenChangeset implements Changeset, Stage {
  readonly id: string;
  readonly owner: string;
  readonly name: string;
  readonly openedAtMs: number;
  readonly lifetimeMs: number;
  readonly baseRevision: number;
  readonly draft: Draft;
  isEnding = false;
  readonly #configuration: ConfigurationReader;
  readonly #clock: Clock;
  #expiresAtMs: number;
  readonly #others = new Map<string, ChangedObject>();
  /** Place of a staged object to what was configured there when it was first staged. */
  readonly #found = new Map<string, Stored | undefined>();

  constructor(kept: KeptChangeset, configuration: ConfigurationReader, clock: Clock) {
    const { id, owner, name, openedAtMs, lifetimeMs, expiresAtMs, baseRevision, staged } = kept;
    this.id = id;
    this.owner = owner;
    this.name = name;
    this.openedAtMs = openedAtMs;
    this.lifetimeMs = lifetimeMs;
    this.baseRevision = baseRevision;
    this.draft = new Draft(configuration, new Date(openedAtMs).toISOString());
    this.#configuration = configuration;
    this.#clock = clock;
    this.#expiresAtMs = expiresAtMs;
    this.take(staged);
  }

  get expiresAtMs(): number {
    return this.#expiresAtMs;
  }

  get changedByOthers(): readonly ChangedObject[] {
    return [...this.#others.values()];
  }

  hasMoved({ kind, key }: ChangedObject): boolean {
    const place = placeOf({ kind, key });
    if (!this.#found.has(place)) return false;
    const [then, now] = [this.#found.get(place), this.#configuration.get(kind, key)];
    return then !== now && !isDeepStrictEqual(then, now);
  }

  noteOthers(changes: readonly ChangedObject[]): void {
    for (const { kind, key } of changes) this.#others.set(placeOf({ kind, key }), { kind, key });
  }

  take(changes: readonly Change[]): void {
    for (const change of changes) {
      const place = placeOf(change);
      // What is staged again was found in the draft.
      if (!this.#found.has(place)) this.#found.set(place, change.before);
    }
    this.draft.take(changes);
  }

  use(): void {
    this.#expiresAtMs = this.#clock.now() + this.lifetimeMs;
  }
}

function placeOf({ kind, key }: ChangedObject): string {
  return `${kind}/${key}`;
}
