import { descriptionOf, resources, type Kind } from '../resources/index.ts';
import { createActions, type Actions } from './actions.ts';
import { createBindings } from './binding.ts';
import { createChangesets, type Changesets } from './changesets.ts';
import { createCollection } from './collection.ts';
import type { Context } from './context.ts';
import { createMemberships } from './membership.ts';
import { createOpenApiDocuments, type OpenApiDocuments } from './openapi-documents.ts';
import { createPublications } from './publication.ts';
import { createRuntimeOperations, type RuntimeOperations } from './runtime.ts';
import { createSingletons } from './singleton.ts';
import { createStandIns } from './stand-ins.ts';
import { systemTiming, type Timing } from './timing.ts';
import { createTransport } from './transport.ts';
import type { AnyCollection, Collections } from './types.ts';

/** Where a gateway's management API is, who calls it, and the bounds of a call. */
export interface ClientOptions {
  /** Address of the management API, such as `https://apig.example.com`. */
  readonly endpoint: string;
  /** Project whose gateways are managed. */
  readonly projectId: string;
  /** Access key; with `secretKey`, requests are signed. */
  readonly accessKey?: string | undefined;
  /** Secret of the access key. */
  readonly secretKey?: string | undefined;
  /** Security token of temporary keys; sent in `X-Security-Token`, and signed. */
  readonly securityToken?: string | undefined;
  /** Token, in place of the two keys. Used only when they are left out. */
  readonly token?: string | undefined;
  /** Changeset of which all calls are part: writes are staged on it, and reads show what is staged. */
  readonly changesetId?: string | undefined;
  /** Time for one attempt, from connecting to the end of the answer; 30,000 ms unless given. */
  readonly timeoutMs?: number | undefined;
  /** Further attempts after one that failed in passing; 4 unless given. */
  readonly retries?: number | undefined;
  /** Requests under way at once; 8 unless given. */
  readonly concurrency?: number | undefined;
  /** Largest answer that is read; 64 MiB unless given. */
  readonly maxAnswerBytes?: number | undefined;
  /** Longest wait for a gateway that is created, changed or deleted; 30 minutes unless given. */
  readonly readyTimeoutMs?: number | undefined;
  /** Longest wait for an API to be published before a policy or key is bound to it; 60,000 ms unless given. */
  readonly waitForPublicationMs?: number | undefined;
  /** Time and chance, for tests. */
  readonly timing?: Timing | undefined;
}

/** Manages gateways and what is in them: one collection for each kind, such as `client.throttle`, and some actions. */
export interface Client extends Collections, Actions {
  /** APIs as OpenAPI documents. */
  readonly openapi: OpenApiDocuments;
  /** The operations of a kind that is not known when the program is written. */
  collection(kind: Kind): AnyCollection;
  /** Writes that come in force together. Only `@apig/gateway-runtime` has them. */
  readonly changesets: Changesets;
  /** What else only `@apig/gateway-runtime` can be asked. */
  readonly runtime: RuntimeOperations;
  /** Closes the connections that are kept open. */
  close(): void;
}

/**
 * Prepares to manage gateways. Nothing is sent before the first call.
 *
 * @throws TypeError when the endpoint is not a URL or there are no credentials.
 */
export function createClient(options: ClientOptions): Client {
  const timing = options.timing ?? systemTiming;
  const transport = createTransport({
    endpoint: options.endpoint,
    projectId: options.projectId,
    accessKey: options.accessKey,
    secretKey: options.secretKey,
    securityToken: options.securityToken,
    token: options.token,
    changesetId: options.changesetId,
    timeoutMs: options.timeoutMs ?? 30_000,
    retries: options.retries ?? 4,
    concurrency: options.concurrency ?? 8,
    maxAnswerBytes: options.maxAnswerBytes ?? 64 * 1024 * 1024,
    timing,
  });
  const collection = (kind: Kind): AnyCollection => collections[kind];
  const context: Context = {
    transport,
    timing,
    readyTimeoutMs: options.readyTimeoutMs ?? 1_800_000,
    waitForPublicationMs: options.waitForPublicationMs ?? 60_000,
    hideStandIn: createStandIns(transport),
    collection,
  };
  const kinds = Object.keys(resources) as Kind[];
  const collections = Object.fromEntries(kinds.map((kind) => [kind, toCollection(kind, context)])) as Record<
    Kind,
    AnyCollection
  >;
  return {
    // Each collection takes and returns what the description of its kind says; only the types of one kind are narrower.
    ...(collections as unknown as Collections),
    ...createActions(transport),
    openapi: createOpenApiDocuments(transport),
    changesets: createChangesets(transport),
    runtime: createRuntimeOperations(transport),
    collection,
    close: () => {
      transport.close();
    },
  };
}

function toCollection(kind: Kind, context: Context): AnyCollection {
  const description = descriptionOf(kind);
  const { operations } = description;
  switch (operations.shape) {
    case 'collection':
      return createCollection(description, operations, context);
    case 'binding':
      return createBindings(description, operations, context);
    case 'membership':
      return createMemberships(description, operations, context);
    case 'singleton':
      return createSingletons(description, operations, context);
    case 'publication':
      return createPublications(description, context);
  }
}
