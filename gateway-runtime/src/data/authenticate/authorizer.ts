import { hash } from 'node:crypto';
import { fail, type Json } from '@apig/sdk/contract';
import type { FunctionName } from '../../functions.ts';
import type { Bodies, Stored } from '../../store/configuration.ts';
import type { Call } from '../call.ts';
import { bodyPart, callPart, headersOf, queryObject, toObject } from '../function-event.ts';
import { fromHeader } from '../header-text.ts';
import { queryOf } from '../query.ts';
import type { Services } from '../services.ts';
import type { Plan } from '../snapshot.ts';
import type { Decision } from './decisions.ts';

/** Time for an answer; the service documents none. */
const TIMEOUT_MS = 5000;
const MAX_ANSWER_CHARACTERS = 1024 * 1024;
const CONTEXT_KEY = /^[A-Za-z][\w-]{0,31}$/;

/** A custom authorizer, worked out. */
export interface AuthorizerPlan {
  readonly id: string;
  readonly side: 'frontend' | 'backend';
  readonly function: FunctionName;
  readonly identities: readonly Identity[];
  readonly cacheMs: number;
  readonly userData: string;
  readonly needsBody: boolean;
}

interface Identity {
  readonly name: string;
  /** Name by which it is looked up: headers in lower case. */
  readonly key: string;
  readonly isHeader: boolean;
  readonly form: RegExp | undefined;
}

/** Works out an authorizer. */
export function compileAuthorizer({ id, body }: Stored<'authorizer'>): AuthorizerPlan {
  return {
    id,
    side: body.type === 'FRONTEND' ? 'frontend' : 'backend',
    function: { urn: body.functionUrn, version: body.functionVersion, aliasUrn: body.functionAliasUrn },
    identities: body.type === 'FRONTEND' ? body.identities.map(compileIdentity) : [],
    cacheMs: body.cacheSeconds * 1000,
    userData: body.userData ?? '',
    needsBody: body.needBody,
  };
}

/**
 * Asks a custom authorizer whether a call may go on, and notes with the call what it says of the caller.
 *
 * 1. Every identity must be there and have its form, or the function is not asked.
 * 2. A frontend authorizer is given the identities (without any: all headers and query values), what is known of the
 *    call, and the body if it needs it; a backend authorizer only the text that its definition has for it.
 * 3. It answers `{statusCode: 200, body}`, where the text `body` holds `{status: "allow" | "deny", context}`. Anything
 *    else is its fault.
 * 4. Decisions are kept as long as the definition says, for the same identities of calls to the same API in the same
 *    environment: the function may decide by path. Faults are not kept.
 *
 * Source: developer guide, "Custom Authorizers"; user guide, "Creating a Custom Authorizer".
 *
 * @throws `authorizerIdentityInvalid`, `authorizerFault`, `authorizerDenied`, `backendAuthorizerDenied`
 */
export async function askAuthorizer(
  call: Call,
  plan: Plan,
  authorizer: AuthorizerPlan,
  { functions, decisions, clock, log }: Services,
): Promise<void> {
  const identities = authorizer.identities.map((identity) => readIdentity(call, identity));
  const asked = hash('sha256', JSON.stringify([plan.apiId, plan.environmentId, ...identities]));
  let decision = call.trial?.decisionOf(authorizer.id);
  if (decision === undefined && authorizer.cacheMs > 0)
    decision = decisions.get(authorizer.id, asked, clock.now());
  if (decision === undefined) {
    const event = await eventOf(call, plan, authorizer, identities);
    let answer: unknown;
    try {
      answer = await functions.invoke(authorizer.function, event, TIMEOUT_MS);
    } catch (error) {
      log.warn({ requestId: call.id, authorizerId: authorizer.id, err: error }, 'an authorizer failed');
      throw fail('authorizerFault', {}, { cause: error });
    }
    decision = readDecision(answer);
    if (authorizer.cacheMs > 0) {
      decisions.keep(authorizer.id, asked, decision, clock.now() + authorizer.cacheMs);
    }
  }
  // Also after a refusal, whose wording may use it.
  call.context = { ...call.context, [authorizer.side]: decision.context };
  if (decision.isAllowed) return;
  throw fail(authorizer.side === 'frontend' ? 'authorizerDenied' : 'backendAuthorizerDenied');
}

function compileIdentity({
  name,
  location,
  validation,
}: Bodies['authorizer']['identities'][number]): Identity {
  return {
    name,
    key: location === 'HEADER' ? name.toLowerCase() : name,
    isHeader: location === 'HEADER',
    form: validation === undefined ? undefined : new RegExp(`^(?:${validation})$`, 'u'),
  };
}

function readIdentity(call: Call, { name, key, isHeader, form }: Identity): string {
  const header = isHeader ? call.headers.joined(key) : undefined;
  const value = isHeader
    ? header && fromHeader(header)
    : queryOf(call).find((piece) => piece.name === key)?.value;
  if (value === undefined || value === '' || form?.test(value) === false) {
    throw fail('authorizerIdentityInvalid', { name });
  }
  return value;
}

async function eventOf(
  call: Call,
  plan: Plan,
  { side, identities, userData, needsBody }: AuthorizerPlan,
  identityValues: readonly string[],
): Promise<Json> {
  if (side === 'backend') return { user_data: userData };
  const given = (isHeader: boolean) =>
    toObject(
      identities.flatMap((identity, index) =>
        identity.isHeader === isHeader ? [[identity.key, identityValues[index] ?? ''] as const] : [],
      ),
    );
  return {
    ...callPart(call, plan),
    headers: identities.length === 0 ? headersOf(call) : given(true),
    queryStringParameters: identities.length === 0 ? queryObject(call) : given(false),
    user_data: userData,
    ...(needsBody && (await bodyPart(call, plan))),
  };
}

/** @throws authorizerFault for an answer that is none. */
function readDecision(answer: unknown): Decision {
  const { statusCode, body } = isObject(answer) ? answer : {};
  if (statusCode !== 200 || typeof body !== 'string' || body.length > MAX_ANSWER_CHARACTERS) {
    throw fail('authorizerFault');
  }
  const { status, context = {} } = parse(body);
  if ((status !== 'allow' && status !== 'deny') || !isContext(context)) throw fail('authorizerFault');
  return { isAllowed: status === 'allow', context };
}

function parse(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // No JSON: as faulty as another JSON.
  }
  throw fail('authorizerFault');
}

function isContext(value: unknown): value is Readonly<Record<string, string>> {
  return (
    isObject(value) &&
    Object.entries(value).every(([key, item]) => CONTEXT_KEY.test(key) && typeof item === 'string')
  );
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
