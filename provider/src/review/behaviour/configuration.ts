import { createHash } from 'node:crypto';
import type { Json } from '@apig/sdk/contract';

/** One object as a runtime keeps it, in the typed form. */
export interface ConfiguredObject {
  readonly kind: string;
  readonly id: string;
  readonly body: Json;
}

/** Everything that a runtime would have configured, and where it comes from. */
export interface Configured {
  readonly objects: readonly ConfiguredObject[];
  /** `kind/id` to the URN of the resource that an object is made from. */
  readonly urns: ReadonlyMap<string, string>;
  /** What is not as it will be, in whole sentences. */
  readonly notes: readonly string[];
}

/** Times tell nothing here, and are the same for all. */
const NO_TIME = '2000-01-01T00:00:00.000Z';

/** A configuration as the document that a runtime reads. */
export function toSnapshot({ objects }: Pick<Configured, 'objects'>): Json {
  return {
    format: 'apig-snapshot',
    version: 1,
    // Stand-ins are no secrets, and what else is secret never leaves this machine's loopback.
    secrets: 'omitted',
    objects: objects.map(({ kind, id, body }) => ({
      kind,
      id,
      body,
      created_at: NO_TIME,
      updated_at: NO_TIME,
    })),
  };
}

/** Key of an object among all. Every gateway has the same environment `RELEASE`. */
export function keyOfObject({ kind, id, body }: ConfiguredObject): string {
  return kind === 'environment' ? `${kind}/${String(body['gatewayId'])}/${id}` : `${kind}/${id}`;
}

/** 32 hex digits that follow from the parts alone: the same in every run. */
export function stableId(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
