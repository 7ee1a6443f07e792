import type { Change, Configuration } from './configuration.ts';

/** Who changed the configuration, when, and by which request. */
export interface RevisionMeta {
  /** RFC 3339 in UTC. */
  readonly at: string;
  /** Account and user. */
  readonly actor: string;
  readonly requestId: string;
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

/** What one write changed. */
export interface RevisionChanges extends Revision {
  readonly changes: readonly Change[];
}

/** Where the configuration lasts: its present state, and every change that led to it. */
export interface Store {
  /** The newest configuration. */
  load(): Promise<Configuration>;
  /** Adds one write. When it resolves, with the number of the revision, all changes are durable; when it rejects, none is. */
  append(changes: readonly Change[], meta: RevisionMeta): Promise<number>;
  /** The configuration as it was after the given revision; 0 is the empty one. */
  at(revision: number): Promise<Configuration>;
  /** The revisions from `offset` on, counted from the newest. */
  revisions(page: { readonly offset: number; readonly limit: number }): Promise<RevisionPage>;
  /** One revision with its changes; undefined when there is none of that number. */
  changes(revision: number): Promise<RevisionChanges | undefined>;
  close(): Promise<void>;
}
