import { callErrors, type GatewayResponseType } from './call-errors.ts';
import { controlErrors } from './control-errors.ts';
import { runtimeErrors } from './runtime-errors.ts';

export { callErrors, type CallErrorEntry, type GatewayResponseType } from './call-errors.ts';
export { controlErrors, type ControlErrorEntry } from './control-errors.ts';
export { runtimeErrors, type RuntimeErrorEntry } from './runtime-errors.ts';

/** Name of an error that a caller of a published API can meet. */
export type CallErrorName = keyof typeof callErrors;

/** Name of an error that a caller of the management API can meet. */
export type ControlErrorName = keyof typeof controlErrors;

/** Name of an error that a caller of the runtime's own operations, or of its identity service, can meet. */
export type RuntimeErrorName = keyof typeof runtimeErrors;

/** Name of any error of the three catalogues. No name occurs in two, though codes do. */
export type ErrorName = CallErrorName | ControlErrorName | RuntimeErrorName;

/** What an error is about. Values that stand in the message are named by its template. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** The details that the message of a catalogue entry needs: one for each of its `{field}` placeholders. */
export type DetailsOf<Name extends ErrorName> = Readonly<
  Record<Placeholders<Catalogue[Name]['message']>, string | number>
>;

/** The parts of an {@link ApigError}. */
export interface ApigErrorInit {
  /** Name in the catalogue; left out when the code is in none, as with an answer of a newer gateway. */
  readonly name?: ErrorName | undefined;
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly type?: GatewayResponseType | undefined;
  readonly details?: ErrorDetails | undefined;
  readonly requestId?: string | undefined;
  readonly cause?: unknown;
}

const BRAND: unique symbol = Symbol.for('@apig/sdk/ApigError');

/** An error of the API: made by {@link fail} where a rule is broken, or by the client from an answer. */
export class ApigError extends Error {
  /** Name in the catalogue, such as `throttleNotFound`, or `ApigError` for a code that is in none. */
  override readonly name: ErrorName | 'ApigError';
  /** Code on the wire, such as `APIG.3005`. */
  readonly code: string;
  /** HTTP status. */
  readonly status: number;
  /** Which gateway response shows it to the caller of an API; management errors have none. */
  readonly type: GatewayResponseType | undefined;
  readonly details: ErrorDetails;
  /** Id of the request that failed, when one is known. */
  readonly requestId: string | undefined;
  readonly [BRAND] = true;

  constructor(init: ApigErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = init.name ?? 'ApigError';
    this.code = init.code;
    this.status = init.status;
    this.type = init.type;
    this.details = init.details ?? NO_DETAILS;
    this.requestId = init.requestId;
  }
}

/** Tells whether a value is an {@link ApigError}, also one of another copy of this package. */
export function isApigError(value: unknown): value is ApigError {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** Tells whether a value is an {@link ApigError} of that name; its details are then known by type. */
export function isFailure<Name extends ErrorName>(
  value: unknown,
  name: Name,
): value is ApigError & { readonly name: Name; readonly details: DetailsOf<Name> } {
  return isApigError(value) && value.name === name;
}

/**
 * Makes the error of a catalogue entry; the caller throws it.
 *
 * Only entries of status 500 carry a stack. The others are ordinary answers, made in floods on the data
 * plane, and capturing a stack costs ten times as much as all the rest of the error.
 */
export function fail<Name extends ErrorName>(name: Name, ...rest: FailArguments<Name>): ApigError {
  const [details, options] = rest as [ErrorDetails?, FailOptions?];
  const entry: Entry = catalogue[name];
  const init = {
    name,
    code: entry.code,
    status: entry.status,
    type: entry.type,
    message: fill(entry.message, details ?? NO_DETAILS),
    details,
    cause: options?.cause,
    requestId: options?.requestId,
  };
  if (entry.status === 500) return new ApigError(init);
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const error = new ApigError(init);
  Error.stackTraceLimit = limit;
  return error;
}

/** What {@link fail} may be told besides the details. */
export interface FailOptions {
  readonly cause?: unknown;
  readonly requestId?: string | undefined;
}

type Catalogue = typeof callErrors & typeof controlErrors & typeof runtimeErrors;

interface Entry {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly type?: GatewayResponseType;
}

/** Details may be left out where the message has no placeholder; more than the message needs are welcome. */
type FailArguments<Name extends ErrorName> = [Placeholders<Catalogue[Name]['message']>] extends [never]
  ? [details?: ErrorDetails, options?: FailOptions]
  : [details: DetailsOf<Name> & ErrorDetails, options?: FailOptions];

type Placeholders<Message extends string> = Message extends `${string}{${infer Field}}${infer Rest}`
  ? Field | Placeholders<Rest>
  : never;

const NO_DETAILS: ErrorDetails = Object.freeze({});

const catalogue: Readonly<Record<ErrorName, Entry>> = {
  ...callErrors,
  ...controlErrors,
  ...runtimeErrors,
};

/** Template -> its parts, texts at even and field names at odd indexes. */
const templates = new Map<string, readonly string[]>();

function fill(template: string, details: ErrorDetails): string {
  let parts = templates.get(template);
  if (parts === undefined) {
    parts = template.split(/[{}]/);
    templates.set(template, parts);
  }
  let text = parts[0] ?? '';
  for (let index = 1; index < parts.length; index += 2) {
    text += String(details[parts[index] ?? '']) + (parts[index + 1] ?? '');
  }
  return text;
}
