import type { Json } from '../wire.ts';
import { idOf } from './answer-fields.ts';
import { readAll } from './pages.ts';
import { fillPath } from './paths.ts';
import type { Transport } from './transport.ts';

/**
 * What identifies the APIs that are published in an environment to policies: API ID -> publish ID.
 *
 * An API shows its environments and its publish IDs as two lists of equal length, each joined by `|`.
 */
export async function publishIds(
  transport: Transport,
  { gatewayId, environmentId }: { readonly gatewayId: string; readonly environmentId: string },
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string>> {
  const path = fillPath('instances/{gatewayId}/apis', { gatewayId });
  const apis = await readAll(transport, path, 'apis', { env_id: environmentId }, signal);
  return new Map(
    apis.flatMap((api) => {
      const publishId = publishIdOf(api, environmentId);
      return publishId === undefined ? [] : [[idOf(api, 'id'), publishId]];
    }),
  );
}

/** The publish ID of an API in an environment; undefined while it is not published there. */
export function publishIdOf(api: Json, environmentId: string): string | undefined {
  const index = list(api['run_env_id']).indexOf(environmentId);
  return list(api['publish_id'])[index] || undefined;
}

/** Environments in which an API is published. */
export function environmentsOf(api: Json): readonly string[] {
  return list(api['run_env_id']);
}

function list(joined: unknown): readonly string[] {
  return typeof joined === 'string' && joined !== '' ? joined.split('|') : [];
}
