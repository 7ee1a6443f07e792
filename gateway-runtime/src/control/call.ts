import type { Json } from '@apig/sdk/contract';
import type { Account } from '../identity.ts';

/** An authenticated request to the management API. */
export interface ControlCall {
  /** What stands in the place of the path's `{name}`s. IDs have no dashes. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** The JSON object of the body; empty when there is none, and for an operation that reads its bytes. */
  readonly body: Json;
  /** The body as it arrived. */
  readonly bytes: Uint8Array;
  readonly account: Account;
  /** What proved who calls: the ID of an access key, or `token`. */
  readonly credential: string;
  readonly requestId: string;
  /** Headers by their names in small letters; of one that comes twice, the first. */
  readonly headers: Readonly<Record<string, string>>;
}

/** One operation of the management API. */
export interface ControlRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path below the project's, with `{name}`s. */
  readonly path: string;
  /** Status of a success. 204 has no body. */
  readonly status: number;
  /** Longest body, where it may be longer than usual. */
  readonly maxBodyBytes?: number;
  /** Media type of the answer, where it is not JSON. */
  readonly mediaType?: string;
  /** The body is no JSON: the operation reads its bytes. */
  readonly readsBytes?: boolean;
  /** Does what is asked and returns the body of the answer. @throws ApigError of the catalogue. */
  answer(call: ControlCall): unknown;
}

/** An answer that is a file, and no JSON of the management API. */
export class AnsweredFile {
  readonly name: string;
  readonly mediaType: string;
  readonly text: string;

  constructor(name: string, mediaType: string, text: string) {
    this.name = name;
    this.mediaType = mediaType;
    this.text = text;
  }
}

/** A value that the path names. */
export function param(call: ControlCall, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw new Error(`the path has no {${name}}`);
  return value;
}
