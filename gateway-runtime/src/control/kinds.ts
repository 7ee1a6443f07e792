import type {
  CollectionShape,
  ControlErrorName,
  Description,
  Json,
  Kind,
  SettledFault,
} from '@apig/sdk/contract';
import type { Bodies, Stored, StoredKind } from '../store/configuration.ts';
import type { View, WriteScope } from './context.ts';

/** Kinds with the usual operations. */
export type CollectionKind = Exclude<
  Kind & StoredKind,
  | 'throttleBinding'
  | 'aclBinding'
  | 'signatureBinding'
  | 'appAuthorization'
  | 'pluginAttachment'
  | 'appQuotaBinding'
  | 'appAcl'
  | 'gatewayFeature'
>;

/** What a description cannot say about writing a kind. */
export interface Rules<K extends CollectionKind> {
  /** Fields that an update takes; the others stay. All, unless given. */
  readonly takes?: readonly (keyof Bodies[K] & string)[];
  /** Fields that stay when an update leaves them out. Those of `patch` kinds all do. */
  readonly keeps?: readonly (keyof Bodies[K] & string)[];
  /** Fields whose value, when an update leaves them out, is chosen anew: what was chosen before does not fit any more. */
  forgets?(input: Json, before: Stored<K>): readonly (keyof Bodies[K] & string)[];
  /** Error for an object that is there, but below another parent than the path's, when that is not "does not exist". */
  readonly misplaced?: ControlErrorName;
  /** A better error for a fault than its own. */
  refusal?(fault: SettledFault, input: Json): Error | undefined;
  /** Refuses what a request says in fields that the typed form does not have. */
  checkRequest?(body: Json, before: Stored<K> | undefined): void;
  /** ID of a new object that its creator chose. */
  chosenId?(body: Json, scope: WriteScope): string | undefined;
  /** What is stored for a settled input: with all that the service chooses. */
  complete?(value: Json, before: Stored<K> | undefined, scope: WriteScope): Bodies[K];
  /** Refuses what may not be written. */
  check?(value: Bodies[K], id: string, before: Stored<K> | undefined, scope: WriteScope): void;
  /** Makes what comes with a new object. */
  created?(object: Stored<K>, scope: WriteScope): void;
  /** Makes what follows from a changed object. */
  updated?(object: Stored<K>, scope: WriteScope): void;
  /** Refuses to delete an object, or removes all that goes with it; the object itself is removed afterwards. */
  deleting?(object: Stored<K>, scope: WriteScope): void;
}

/** Whether an object matches what a list is asked for. */
export type Filter<K extends StoredKind> =
  | {
      /** `part`: the text contains the given one, or equals it when the list is asked to be precise. `whole`: it equals it. */
      readonly match: 'part' | 'whole';
      /** The text that the filter looks at. */
      readonly of: (object: Stored<K>, view: View) => string;
    }
  | {
      /** One of the texts equals the given one. */
      readonly match: 'oneOf';
      readonly of: (object: Stored<K>, view: View) => readonly string[];
    };

/** What a description cannot say about showing a kind. */
export interface Answers<K extends CollectionKind> {
  /** The object as operations on it answer. */
  readonly item: (object: Stored<K>, view: View) => Json;
  /** The object in a list, when that differs. */
  readonly listed?: (object: Stored<K>, view: View, query: Readonly<Record<string, string>>) => Json;
  /** The answer to create, when that differs. */
  readonly created?: (object: Stored<K>, view: View) => Json;
  /** Query parameters of the list. */
  readonly filters?: Readonly<Record<string, Filter<K>>>;
}

/** All there is to know about serving a kind. */
export interface Collection<K extends CollectionKind> {
  readonly kind: K;
  readonly description: Description;
  readonly shape: CollectionShape;
  readonly rules: Rules<K>;
  readonly answers: Answers<K>;
}
