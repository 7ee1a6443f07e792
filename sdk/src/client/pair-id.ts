import type { Json } from '../wire.ts';

/** A gateway, and in it an object and an environment: what a binding or a deployment is about. */
export interface Pair {
  readonly gatewayId: string;
  /** The policy, key, app or API. */
  readonly objectId: string;
  readonly environmentId: string;
}

/** The ID of what joins an object with an environment. */
export function toPairId({ objectId, environmentId }: Pair): string {
  return `${objectId}/${environmentId}`;
}

/**
 * Reads an address whose ID is `<object ID>/<environment ID>`.
 *
 * @throws TypeError when it has not that form, or the gateway is missing.
 */
export function parsePair(address: Json): Pair {
  const [objectId, environmentId, more] = String(address['id']).split('/');
  if (more !== undefined) throw new TypeError('id: expected <object ID>/<environment ID>');
  return pairOf(address['gatewayId'], objectId, environmentId);
}

/** A pair of three IDs. @throws TypeError when one is missing. */
export function pairOf(gatewayId: unknown, objectId: unknown, environmentId: unknown): Pair {
  if (typeof gatewayId !== 'string' || gatewayId === '') throw new TypeError('gatewayId: expected an ID');
  if (
    typeof objectId !== 'string' ||
    objectId === '' ||
    typeof environmentId !== 'string' ||
    environmentId === ''
  )
    throw new TypeError('id: expected <object ID>/<environment ID>');
  return { gatewayId, objectId, environmentId };
}
