import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Change, StoredKind } from './configuration.ts';
import { Draft } from './draft.ts';
import type { Author, Ledger } from './ledger.ts';

/** How many may be open at a time. */
export const MAX_CHANGESETS = 32;

/** How many objects one may change. */
export const MAX_STAGED = 10_000;

/** Writes that come in force together, or not at all. */
export interface Changeset {
  readonly id: string;
  /** Who opened it; nobody else sees it. */
  readonly owner: string;
  readonly openedAtMs: number;
  readonly expiresAtMs: number;
  /** The revision that was the newest when it was opened. */
  readonly baseRevision: number;
  /** What is configured, with what is staged. */
  readonly draft: Draft;
  /** Objects that others have changed since it was opened. */
  readonly changedByOthers: readonly ChangedObject[];
}

/** Names an object that was changed. */
export type ChangedObject = Pick<Change, 'kind' | 'key'>;

/** A changeset as it is kept. */
interface Entry extends Changeset {
  readonly others: Map<string, ChangedObject>;
  isCommitting: boolean;
}

/**
 * The open changesets. They are in memory only: what is staged is nobody's business before it is committed, and ends
 * with the process, its time, or its owner's word.
 */
export class Changesets {
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(ledger: Ledger, clock: Clock) {
    this.#ledger = ledger;
    this.#clock = clock;
    ledger.listen((_configuration, changes) => {
      for (const { others } of this.#entries.values()) {
        for (const { kind, key } of changes) others.set(placeOf(kind, key), { kind, key });
      }
    });
  }

  /** Opens one; undefined when there are as many as there may be. */
  open(owner: string, lifetimeMs: number): Changeset | undefined {
    this.#dropExpired();
    if (this.#entries.size >= MAX_CHANGESETS) return undefined;
    const { configuration } = this.#ledger;
    const now = this.#clock.now();
    const others = new Map<string, ChangedObject>();
    const entry: Entry = {
      id: randomUUID().replaceAll('-', ''),
      owner,
      openedAtMs: now,
      expiresAtMs: now + lifetimeMs,
      baseRevision: configuration.revision,
      draft: new Draft(configuration, new Date(now).toISOString()),
      others,
      get changedByOthers() {
        return [...others.values()];
      },
      isCommitting: false,
    };
    this.#entries.set(entry.id, entry);
    return entry;
  }

  /** An open one of the owner's; undefined when there is none, or it is being committed. */
  find(id: string, owner: string): Changeset | undefined {
    this.#dropExpired();
    const entry = this.#entries.get(id);
    return entry?.owner === owner && !entry.isCommitting ? entry : undefined;
  }

  /** The open ones of an owner, oldest first. */
  all(owner: string): readonly Changeset[] {
    this.#dropExpired();
    return [...this.#entries.values()].filter((entry) => entry.owner === owner && !entry.isCommitting);
  }

  /** Runs work on a draft over what is staged, and stages what it changed; work that throws stages nothing. */
  stage<T>({ draft: staged }: Changeset, work: (draft: Draft) => T): T {
    const draft = new Draft(staged, new Date(this.#clock.now()).toISOString());
    const result = work(draft);
    staged.take(draft.changes());
    return result;
  }

  /**
   * Puts everything that is staged in force as one revision, unless `check` throws. Returns the number of objects that
   * changed. A changeset that is not committed stays open.
   */
  async commit(changeset: Changeset, author: Author, check: () => void): Promise<number> {
    try {
      return await this.#ledger.write(author, (draft) => {
        const entry = this.#entries.get(changeset.id);
        check();
        const changes = changeset.draft.changes();
        draft.take(changes);
        // What is staged from here on would be lost.
        if (entry !== undefined) entry.isCommitting = true;
        return changes.length;
      });
    } catch (error) {
      const entry = this.#entries.get(changeset.id);
      if (entry !== undefined) entry.isCommitting = false;
      throw error;
    } finally {
      if (this.#entries.get(changeset.id)?.isCommitting === true) this.#entries.delete(changeset.id);
    }
  }

  /** Forgets one and what is staged on it. */
  withdraw({ id }: Changeset): void {
    this.#entries.delete(id);
  }

  #dropExpired(): void {
    const now = this.#clock.now();
    for (const { id, expiresAtMs, isCommitting } of this.#entries.values()) {
      if (expiresAtMs <= now && !isCommitting) this.#entries.delete(id);
    }
  }
}

function placeOf(kind: StoredKind, key: string): string {
  return `${kind}/${key}`;
}
