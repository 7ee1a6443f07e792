import {
  isApigError,
  isNotPublishedError,
  isTransportError,
  isUnfinishedError,
  type ApigError,
  type TransportError,
} from '@apig/sdk';
import { fieldsOf, type Description, type ErrorName, type Json } from '@apig/sdk/contract';

/** What was tried. */
export interface Attempt {
  readonly action: 'create' | 'read' | 'update' | 'delete';
  readonly description: Description;
  readonly properties: Json;
  /** ID of the object, when it has one. */
  readonly id?: string;
}

/** An object that was created in part, as the engine keeps it: the next update completes it. */
export interface Unfinished {
  readonly id: string;
  readonly properties: Json;
  readonly reasons: readonly string[];
}

/** A failure in words for the user: what was tried, what was answered, what to do. The engine shows the message. */
export class OperationError extends Error {
  readonly id?: string;
  readonly properties?: Json;
  readonly reasons?: readonly string[];

  constructor(message: string, cause: unknown, unfinished?: Unfinished) {
    super(message, { cause });
    // The engine's Node process prints the stack of some failures, which says nothing to the user.
    this.stack = '';
    if (unfinished) Object.assign(this, unfinished);
  }
}

/** Makes the error that the user sees. Others than those of the service and of the way to it are passed on unchanged. */
export function explain(error: unknown, attempt: Attempt, next?: string): Error {
  const [message, advice] = describeError(error, attempt.action);
  if (message === undefined) return error instanceof Error ? error : new Error(String(error));
  const text = `${DOING[attempt.action]} the ${nameOf(attempt)} failed: ${message}`;
  return new OperationError(withoutSecrets([text, next ?? advice].filter(Boolean).join(' '), attempt), error);
}

/** What an object is called in a sentence: `throttle "gold"`. */
export function nameOf({ description, properties, id }: Omit<Attempt, 'action'>): string {
  const secret = secretFields(description);
  const names = (description.unique?.fields ?? [])
    .filter((field) => !secret.includes(field) && typeof properties[field] === 'string')
    .map((field) => String(properties[field]));
  const name = names.length > 0 ? names.join(' ') : id;
  return name === undefined ? description.title : `${description.title} "${name}"`;
}

const DOING = { create: 'Creating', read: 'Reading', update: 'Updating', delete: 'Deleting' } as const;

const REFRESH = 'It was removed outside of the program: run `pulumi refresh`, then `pulumi up`.';

/** What to do about errors that say what is in the way. */
const ADVICE: { readonly [Name in ErrorName]?: string } = {
  apiPublished:
    'Take it offline first: it is published by something else than the deployments of this program.',
  environmentInUse:
    'Take the APIs offline there first: they are published by something else than this program.',
  aclBound: 'Remove the binding first: it was made by something else than this program.',
  throttleBound: 'Remove the binding first: it was made by something else than this program.',
  apiPathTaken: 'Choose another method, path or match mode.',
  appKeyTaken: 'Choose another appKey, or leave it out.',
  domainTaken: 'Another group has the domain: choose another domain, or remove it there.',
};

function describeError(
  error: unknown,
  action: Attempt['action'],
): readonly [message?: string, advice?: string | undefined] {
  if (isApigError(error)) return [quote(error), adviceFor(error, action)];
  if (isTransportError(error)) return [sentence(error.message), adviceForTransport(error, action)];
  if (isNotPublishedError(error)) return [sentence(error.message)];
  if (isUnfinishedError(error)) {
    const [message, advice] = describeError(error.cause, action);
    return [message ?? sentence(error.message), advice];
  }
  return [];
}

function quote({ message, code, status, requestId }: ApigError): string {
  const request = requestId === undefined ? '' : `, request ${requestId}`;
  return `${sentence(message)} (${code}, HTTP ${status}${request})`;
}

function adviceFor(error: ApigError, action: Attempt['action']): string {
  const { name, status, code } = error;
  if (code === 'RUNTIME.0020') return 'Run the command again: it begins with a refresh.';
  const advice = name === 'ApigError' ? undefined : ADVICE[name];
  if (advice !== undefined) return advice;
  if (name.endsWith('Quota')) return 'Remove what is not used, or have the quota raised.';
  if (status === 401)
    return 'Check apig:accessKey and apig:secretKey, or the token (APIG_… in the environment).';
  if (status === 403) return 'The access key or token may not do this: use one that may.';
  if (status === 404 && action === 'create') return `Something that it refers to does not exist. ${REFRESH}`;
  if (status === 404) return REFRESH;
  if (status < 500 && status !== 429) return 'Correct the arguments, then run `pulumi up` again.';
  return 'It may pass: run `pulumi up` again. The operator of the gateway finds more under the number of the request.';
}

function adviceForTransport({ outcomeUnknown }: TransportError, action: Attempt['action']): string {
  if (!outcomeUnknown)
    return 'Check that the gateway runs and that apig:endpoint leads to its management API.';
  return action === 'create'
    ? 'It may exist: run `pulumi up` again with the same arguments, and what was created is taken over.'
    : 'It may have been done: run `pulumi up` again.';
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Whatever a service answers, a secret argument is not repeated. */
function withoutSecrets(text: string, { description, properties }: Attempt): string {
  return secretFields(description)
    .map((name) => properties[name])
    .filter((value) => typeof value === 'string')
    .filter((value) => value.length > 0)
    .reduce((clean, value) => clean.replaceAll(value, '[secret]'), text);
}

function secretFields(description: Description): readonly string[] {
  return fieldsOf(description.input)
    .filter(({ marks }) => marks.secret)
    .map(({ name }) => name);
}
