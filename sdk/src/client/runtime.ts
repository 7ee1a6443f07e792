import type { Json } from '../wire.ts';
import { rowsOf } from './pages.ts';
import type { Transport } from './transport.ts';
import type { CallOptions } from './types.ts';

/** What becomes of requests, and under what configuration that is asked. */
export interface ExplainRequest {
  /** The requests, as the runtime's reference has them; at most 10,000. */
  readonly requests: readonly Json[];
  /** Snapshot to explain under; left out: what is in force. */
  readonly snapshot?: Json | undefined;
  /** Time at which they are taken to arrive, RFC 3339 in UTC. */
  readonly at?: string | undefined;
  /** Whether the steps are left out of the answers. */
  readonly withoutStages?: boolean | undefined;
}

/** A change of one object, as the runtime remembers it. */
export interface ObjectChange {
  /** Number of the write. */
  readonly revision: number;
  /** RFC 3339 in UTC. */
  readonly at: string;
  /** Account and user that wrote. */
  readonly actor: string;
  readonly action: 'create' | 'update' | 'delete';
  /** Names of the fields that changed. */
  readonly fields: readonly string[];
}

/** What only `@apig/gateway-runtime` can be asked. */
export interface RuntimeOperations {
  /** The newest changes of an object, newest first. @param key its ID */
  changesOf(
    kind: string,
    key: string,
    count: number,
    options?: CallOptions,
  ): Promise<readonly ObjectChange[]>;
  /** What would become of requests, in their order. */
  explain(request: ExplainRequest, options?: CallOptions): Promise<readonly Json[]>;
  /** The whole configuration, without secrets. */
  snapshot(options?: CallOptions): Promise<Json>;
}

/** The operations of the runtime's own, over a transport. */
export function createRuntimeOperations(transport: Transport): RuntimeOperations {
  const isOwn = true;
  return {
    async changesOf(kind, key, count, { signal } = {}) {
      const query = { kind, key, limit: count };
      const answer = await transport.call({ method: 'GET', path: 'changes', isOwn, query, signal });
      return rowsOf(answer, 'changes', 'changes').map((row) => ({
        revision: row['revision'] as number,
        at: row['at'] as string,
        actor: row['actor'] as string,
        action: row['action'] as ObjectChange['action'],
        fields: row['fields'] as readonly string[],
      }));
    },

    async explain({ requests, snapshot, at, withoutStages = false }, { signal } = {}) {
      const body: Json = {
        requests,
        ...(snapshot !== undefined && { snapshot }),
        ...(at !== undefined && { at }),
        without_stages: withoutStages,
      };
      // Asking changes nothing.
      const repeatable = true;
      const answer = await transport.call({
        method: 'POST',
        path: 'explain',
        isOwn,
        body,
        repeatable,
        signal,
      });
      return rowsOf(answer, 'explanations', 'explain');
    },

    snapshot: ({ signal } = {}) =>
      transport.call({ method: 'GET', path: 'snapshot', isOwn, query: { secrets: 'omit' }, signal }),
  };
}
