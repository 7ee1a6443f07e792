import type { AddressOf, InputOf, OutputOf, ParentsOf, SettledOf } from '../describe.ts';
import type { Kind, Resources } from '../resources/index.ts';
import type { Json } from '../wire.ts';

/** What any operation may be told besides its subject. */
export interface CallOptions {
  /** Ends the operation early; it then rejects with a `TransportError` of code `ABORTED`. */
  readonly signal?: AbortSignal | undefined;
  /** Longest wait for what happens in the background, in the place of the client's own limits. */
  readonly waitMs?: number | undefined;
}

/**
 * What finds an object: the IDs of its parents and its own. For a binding, `apiIds` limits the operation to those APIs.
 */
export type ObjectAddress<D> = AddressOf<D> & Partial<SettledOf<D>>;

/** Fields whose values the objects of a list must have. */
export type Filter<D> = Partial<SettledOf<D>>;

/** The operations on the objects of one kind. */
export interface KindCollection<D> {
  /**
   * Creates an object. Returns when it is ready to be used.
   *
   * @throws UnfinishedError when the object exists but could not be completed; its ID is in the error.
   */
  create(input: InputOf<D>, options?: CallOptions): Promise<OutputOf<D>>;
  /** The object, or undefined when it does not exist. */
  get(address: ObjectAddress<D>, options?: CallOptions): Promise<OutputOf<D> | undefined>;
  /** All objects below the given parents that have the given values. */
  list(parents: ParentsOf<D>, filter?: Filter<D>, options?: CallOptions): Promise<readonly OutputOf<D>[]>;
  /** Gives an object another content. What the input leaves out takes its default; what was generated is kept. */
  update(address: ObjectAddress<D>, input: InputOf<D>, options?: CallOptions): Promise<OutputOf<D>>;
  /** Deletes an object. Returns when it is gone, also when it was before. */
  delete(address: ObjectAddress<D>, options?: CallOptions): Promise<void>;
}

/** One collection for each described kind. */
export type Collections = { readonly [K in Kind]: KindCollection<Resources[K]> };

/** An object of a kind that is not known when the program is written. */
export type AnyObject = Json & { readonly id: string };

/** The operations of {@link KindCollection}, for code that works on any kind. */
export interface AnyCollection {
  create(input: Json, options?: CallOptions): Promise<AnyObject>;
  get(address: Json, options?: CallOptions): Promise<AnyObject | undefined>;
  list(parents: Json, filter?: Json, options?: CallOptions): Promise<readonly AnyObject[]>;
  update(address: Json, input: Json, options?: CallOptions): Promise<AnyObject>;
  delete(address: Json, options?: CallOptions): Promise<void>;
}
