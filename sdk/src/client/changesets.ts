import { isApigError } from '../errors.ts';
import type { Json } from '../wire.ts';
import { idOf, textOf } from './answer-fields.ts';
import { isTransportError } from './failures.ts';
import { rowsOf } from './pages.ts';
import { encodeId } from './paths.ts';
import type { Transport } from './transport.ts';
import type { CallOptions } from './types.ts';

/** Writes that are staged until they come in force together, or never. */
export interface Changeset {
  /** What calls carry in `X-Apig-Changeset` to be part of it. */
  readonly id: string;
  /** Name by which it can be found again; none when it was opened without one. */
  readonly name: string | undefined;
  /** When it ends by itself, RFC 3339 in UTC. */
  readonly expiresAt: string;
  /** Number of objects that it changes. */
  readonly changeCount: number;
}

/** Why a changeset cannot be committed. */
export interface ChangesetConflict {
  /** Kind of the object. */
  readonly kind: string;
  /** ID of the object. */
  readonly id: string;
  /** What is in the way. */
  readonly reason: string;
}

/** The changesets of a runtime. The cloud has none. */
export interface Changesets {
  /** The caller's open ones; undefined where the endpoint has no changesets. */
  list(options?: CallOptions): Promise<readonly Changeset[] | undefined>;
  /** Opens one. */
  open(
    settings: { readonly name?: string; readonly lifetimeSeconds?: number },
    options?: CallOptions,
  ): Promise<Changeset>;
  /** One of the caller's that is open, with what keeps it from being committed; undefined when there is none. */
  get(
    id: string,
    options?: CallOptions,
  ): Promise<(Changeset & { readonly conflicts: readonly ChangesetConflict[] }) | undefined>;
  /**
   * Puts everything that is staged in force.
   *
   * @throws ApigError with code `RUNTIME.0023` when it does not go together with what others have written meanwhile.
   */
  commit(id: string, options?: CallOptions): Promise<void>;
  /** Forgets what is staged. Succeeds when it is not open. */
  withdraw(id: string, options?: CallOptions): Promise<void>;
}

/** Code of the answer about a changeset that is not open. */
const NOT_OPEN = 'RUNTIME.0020';

/** The operations on changesets, over a transport. */
export function createChangesets(transport: Transport): Changesets {
  const isOwn = true;

  return {
    async list({ signal } = {}) {
      try {
        const answer = await transport.call({ method: 'GET', path: 'changesets', isOwn, signal });
        return rowsOf(answer, 'changesets', 'changesets').map(toChangeset);
      } catch (error) {
        if (isUnknownOperation(error)) return undefined;
        throw error;
      }
    },

    async open({ name, lifetimeSeconds }, { signal } = {}) {
      const body: Json = {
        ...(name === undefined ? {} : { name }),
        ...(lifetimeSeconds === undefined ? {} : { expires_in_seconds: lifetimeSeconds }),
      };
      return toChangeset(await transport.call({ method: 'POST', path: 'changesets', isOwn, body, signal }));
    },

    async get(id, { signal } = {}) {
      try {
        const answer = await transport.call({ method: 'GET', path: pathOf(id), isOwn, signal });
        const conflicts = rowsOf(answer, 'conflicts', 'changesets').map((row) => ({
          kind: idOf(row, 'kind'),
          id: idOf(row, 'id'),
          reason: textOf(row, 'reason') ?? '',
        }));
        return { ...toChangeset(answer), conflicts };
      } catch (error) {
        if (isNotOpen(error)) return undefined;
        throw error;
      }
    },

    async commit(id, { signal } = {}) {
      await transport.call({ method: 'POST', path: `${pathOf(id)}/commit`, isOwn, signal });
    },

    async withdraw(id, { signal } = {}) {
      try {
        await transport.call({ method: 'DELETE', path: pathOf(id), isOwn, signal });
      } catch (error) {
        if (!isNotOpen(error)) throw error;
      }
    },
  };
}

function pathOf(id: string): string {
  return `changesets/${encodeId('id', id)}`;
}

function toChangeset(row: Json): Changeset {
  const count = row['change_count'];
  return {
    id: idOf(row, 'id'),
    name: textOf(row, 'name'),
    expiresAt: textOf(row, 'expires_at') ?? '',
    changeCount: typeof count === 'number' ? count : 0,
  };
}

function isNotOpen(error: unknown): boolean {
  return isApigError(error) && error.code === NOT_OPEN;
}

/** Whether an answer is that of a server which has no such path, or which does not let it be asked for. */
function isUnknownOperation(error: unknown): boolean {
  if (!isApigError(error) && !isTransportError(error)) return false;
  return [403, 404, 405, 501].includes(error.status ?? 0);
}
