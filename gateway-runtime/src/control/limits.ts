import { fail, type ControlErrorName } from '@apig/sdk/contract';

/** Limits that differ from the service's defaults: name of the configuration item to value. */
export type Limits = Readonly<Record<string, number>>;

/** The limit that holds. */
export function limitOf(limits: Limits, item: string | undefined, standard: number): number {
  return (item === undefined ? undefined : limits[item]) ?? standard;
}

/** @throws the given error when there are as many as there may be. */
export function assertRoom(count: number, limit: number, error: ControlErrorName, things: string): void {
  // The messages of all quota errors take these two, and one of them at the most.
  if (count >= limit) throw fail(error, { limit, things } as never);
}
