import { descriptionOf, fail, resources, type ControlErrorName, type Kind } from '@apig/sdk/contract';

/** Limits that differ from the service's defaults: name of the configuration item to value. */
export type Limits = Readonly<Record<string, number>>;

/** The items whose limits can be set. */
export const LIMIT_NAMES: ReadonlySet<string> = new Set([
  'API_NUM_LIMIT',
  'API_SWAGGER_NUM_LIMIT',
  'API_VERSION_NUM_LIMIT',
  'AUTHORIZER_IDENTITY_NUM_LIMIT',
  'ENDPOINT_PERMISSION_NUM_LIMIT',
  'VPC_INSTANCE_NUM_LIMIT',
  ...Object.keys(resources).flatMap((kind) => descriptionOf(kind as Kind).quota?.config ?? []),
]);

/** The limit that holds. */
export function limitOf(limits: Limits, item: string | undefined, standard: number): number {
  return (item === undefined ? undefined : limits[item]) ?? standard;
}

/** @throws the given error when there are as many as there may be. */
export function assertRoom(count: number, limit: number, error: ControlErrorName, things: string): void {
  // The messages of all quota errors take these two, and one of them at the most.
  if (count >= limit) throw fail(error, { limit, things } as never);
}
