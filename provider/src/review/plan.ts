import type { Json, Kind } from '@apig/sdk/contract';
import type { Operation } from './model.ts';

/** What Pulumi would do to a stack: every resource that it shows, before and after. It holds no secret. */
export interface Plan {
  readonly project: string;
  readonly stack: string;
  /** In the order of the preview; resources that stay as they are among them, where they are known. */
  readonly steps: readonly Step[];
  /** What could not be read, in whole sentences. */
  readonly notes: readonly string[];
}

/** What would become of one resource. */
export interface Step {
  readonly urn: string;
  /** Type token of the engine. */
  readonly type: string;
  /** Kind of the contract; undefined for resources of other providers. */
  readonly kind: Kind | undefined;
  /** Name in the program. */
  readonly name: string;
  readonly operation: Operation;
  /** Undefined for what is created. */
  readonly before: State | undefined;
  /** Undefined for what is deleted. */
  readonly after: State | undefined;
  /** Properties that the engine names as reasons of a replacement. */
  readonly reasons: readonly string[];
}

/**
 * A resource at one moment. A value that is not known yet is `UNKNOWN` of `unknown.ts`; a secret is a text for which
 * `isSecret` of `hidden.ts` holds. Properties whose names begin with `__` are left out.
 */
export interface State {
  /** Undefined while it is not known: what is created or replaced has no ID yet. */
  readonly id: string | undefined;
  /** What the program asks for, with its defaults. */
  readonly inputs: Json;
  /** What the object is; of a planned object what follows from its inputs and what stays. */
  readonly outputs: Json;
  /** Property to the URNs of the resources from which its value comes; empty where the preview does not say it. */
  readonly dependencies: Readonly<Record<string, readonly string[]>>;
}

/** A failure of a review in one line for the user. */
export class ReviewError extends Error {}
