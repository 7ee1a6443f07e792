import type { Change, Configuration } from './configuration.ts';

/** Who changed the configuration, when, and by which request. */
export interface RevisionMeta {
  /** RFC 3339 in UTC. */
  readonly at: string;
  /** Account and user. */
  readonly actor: string;
  /** What proved who it was: the ID of an access key, or `token`. */
  readonly credential?: string;
  readonly requestId: string;
  /** Where the change came from, as its author said: a program, a commit, a person. */
  readonly provenance?: Readonly<Record<string, string>>;
}

/** One write. Revisions are numbered from 1, without gaps. */
export interface Revision extends RevisionMeta {
  readonly revision: number;
}

/** Part of the list of revisions. */
export interface RevisionPage {
  /** Number of all revisions. */
  readonly total: number;
  /** Newest first. */
  readonly revisions: readonly Revision[];
}

/** One object that a write changed. */
export interface AuditedChange extends Revision {
  /** Place among the changes of its revision, from 0. */
  readonly seq: number;
  readonly change: Change;
}

/** Part of the list of changes. */
export interface ChangePage {
  /** Number of all changes that were asked for. */
  readonly total: number;
  /** Newest first. */
  readonly changes: readonly AuditedChange[];
}

/** Which changes are asked for. */
export interface ChangeQuery {
  readonly offset: number;
  readonly limit: number;
  readonly kind?: string;
  readonly key?: string;
}

/** What one write changed. */
export interface RevisionChanges extends Revision {
  readonly changes: readonly Change[];
}

/** One write that is to last. */
export interface NewRevision {
  readonly type: 'revision';
  readonly changes: readonly Change[];
  readonly meta: RevisionMeta;
  /** The changeset that comes in force by it, and is no more. */
  readonly closes?: string;
}

/** What a call staged on a changeset. `before` is what was configured and staged then. */
export interface NewStaging {
  readonly type: 'staging';
  readonly changeset: string;
  readonly changes: readonly Change[];
  /** When the changeset now expires. */
  readonly expiresAtMs: number;
}

/** A changeset that is opened. */
export interface NewChangeset {
  readonly type: 'opening';
  readonly changeset: Omit<KeptChangeset, 'staged'>;
}

/** Changesets that are no more, with what was staged on them. */
export interface EndOfChangesets {
  readonly type: 'closing';
  readonly changesets: readonly string[];
}

/** What is made to last in one step. */
export type Entry = NewRevision | NewStaging | NewChangeset | EndOfChangesets;

/** An open changeset, as it lasts. */
export interface KeptChangeset {
  readonly id: string;
  readonly owner: string;
  /** What its owner calls it; empty when it has no name. */
  readonly name: string;
  readonly openedAtMs: number;
  /** How long it stays open after its last use. */
  readonly lifetimeMs: number;
  readonly expiresAtMs: number;
  /** The revision that was the newest when it was opened. */
  readonly baseRevision: number;
  /** One for each object, in the order in which they were first staged; `before` is what was configured then. */
  readonly staged: readonly Change[];
}

/** Where the configuration lasts: its present state, every change that led to it, and what is staged. */
export interface Store {
  /** The newest configuration. */
  load(): Promise<Configuration>;
  /**
   * Makes entries last, in their order and together: when it resolves, with the number of the newest revision after each
   * of them, all are durable; when it rejects, none is.
   */
  append(entries: readonly Entry[]): Promise<readonly number[]>;
  /** The changesets that are open, oldest first. */
  changesets(): Promise<readonly KeptChangeset[]>;
  /** The configuration as it was after the given revision; 0 is the empty one. */
  at(revision: number): Promise<Configuration>;
  /** The revisions from `offset` on, counted from the newest. */
  revisions(page: { readonly offset: number; readonly limit: number }): Promise<RevisionPage>;
  /** One revision with its changes; undefined when there is none of that number. */
  changes(revision: number): Promise<RevisionChanges | undefined>;
  /** Changes of all revisions, from `offset` on, counted from the newest. */
  audit(query: ChangeQuery): Promise<ChangePage>;
  /** What changed after the one revision up to the other: for each object one change. */
  between(from: number, to: number): Promise<readonly Change[]>;
  close(): Promise<void>;
}
