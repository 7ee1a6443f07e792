import { isApigError } from '../errors.ts';

/*
 * What can go wrong between a client and a gateway, besides the answers that are an `ApigError`. Each is recognised by a
 * brand, because two copies of this package may be loaded.
 */

const TRANSPORT: unique symbol = Symbol.for('@apig/sdk/TransportError');
const UNFINISHED: unique symbol = Symbol.for('@apig/sdk/UnfinishedError');
const NOT_PUBLISHED: unique symbol = Symbol.for('@apig/sdk/NotPublishedError');

/** A request that got no usable answer. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  /**
   * Node's code of the failure, such as `ECONNREFUSED`, or `TIMEOUT`, `ABORTED`, `ANSWER_TOO_LARGE` or `ANSWER_INVALID`,
   * which is an answer that no management API gives.
   */
  readonly code: string;
  /** Whether the request may have been carried out: look before repeating it. */
  readonly outcomeUnknown: boolean;
  /** HTTP status of an `ANSWER_INVALID`. */
  readonly status: number | undefined;
  readonly [TRANSPORT] = true;

  constructor(init: {
    readonly code: string;
    readonly message: string;
    readonly outcomeUnknown: boolean;
    readonly status?: number | undefined;
    readonly cause?: unknown;
  }) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.code = init.code;
    this.outcomeUnknown = init.outcomeUnknown;
    this.status = init.status;
  }
}

/** Tells whether a value is a {@link TransportError}, also one of another copy of this package. */
export function isTransportError(value: unknown): value is TransportError {
  return hasBrand(value, TRANSPORT);
}

/** An object that exists, with a known ID, but was not brought into the state that was asked for. */
export class UnfinishedError extends Error {
  override readonly name = 'UnfinishedError';
  /** Kind of the object. */
  readonly kind: string;
  /** ID of the object. */
  readonly id: string;
  readonly [UNFINISHED] = true;

  constructor(kind: string, id: string, message: string, cause?: unknown) {
    super(`${kind} ${id} exists but is not finished: ${message}`, cause === undefined ? {} : { cause });
    this.kind = kind;
    this.id = id;
  }
}

/** Tells whether a value is an {@link UnfinishedError}, also one of another copy of this package. */
export function isUnfinishedError(value: unknown): value is UnfinishedError {
  return hasBrand(value, UNFINISHED);
}

/** A policy or key was to be bound to APIs that are not published in the environment. */
export class NotPublishedError extends Error {
  override readonly name = 'NotPublishedError';
  /** APIs that are not published. */
  readonly apiIds: readonly string[];
  /** Environment in which they are not. */
  readonly environmentId: string;
  readonly [NOT_PUBLISHED] = true;

  constructor(kind: string, apiIds: readonly string[], environmentId: string) {
    super(
      `${kind}: not published in environment ${environmentId}: API ${apiIds.join(', ')}. ` +
        'Create a deployment of each in that environment first; in a program, let the binding depend on the deployments.',
    );
    this.apiIds = apiIds;
    this.environmentId = environmentId;
  }
}

/** Tells whether a value is a {@link NotPublishedError}, also one of another copy of this package. */
export function isNotPublishedError(value: unknown): value is NotPublishedError {
  return hasBrand(value, NOT_PUBLISHED);
}

/**
 * Tells whether the operation that failed may have been carried out nevertheless, in whole or in part: look before
 * repeating it. A gateway that answers with a fault of its own may have got anywhere, except when it was not available.
 */
export function isOutcomeUnknown(error: unknown): boolean {
  if (isTransportError(error)) return error.outcomeUnknown;
  return isApigError(error) && error.status >= 500 && error.status !== 503;
}

function hasBrand(value: unknown, brand: symbol): boolean {
  return typeof value === 'object' && value !== null && brand in value;
}
