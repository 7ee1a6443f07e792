import { fail, type Json } from '@apig/sdk/contract';
import { FunctionTimeout, type FunctionName } from '../functions.ts';
import { CallerGone, type Call } from './call.ts';
import { fromFields } from './fields.ts';
import { NOT_RETURNABLE } from './forwarded-lines.ts';
import { bodyPart, callPart, toObject } from './function-event.ts';
import { fromHeader, toHeader } from './header-text.ts';
import { mapRequest, type MappingPlan } from './mapping.ts';
import type { ParameterValues } from './parameters.ts';
import { parseQuery } from './query.ts';
import { gatewayHead, shapedLines } from './reply-head.ts';
import type { Services } from './services.ts';
import type { Plan } from './snapshot.ts';

/** A function that answers calls. */
export interface FunctionPlan {
  readonly function: FunctionName;
  /** The caller does not wait. */
  readonly isAsync: boolean;
  readonly timeoutMs: number;
  readonly mapping: MappingPlan;
}

const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * Answers a call by a function. It is given the call as an event: the headers and the query as an HTTP backend would
 * have them, the body in Base64. It answers `{statusCode, headers, body, isBase64Encoded}`. Where the caller does not
 * wait, 202 is the answer, whatever becomes of the function.
 *
 * Source: user guide, "Creating an API" (FunctionGraph as the backend); FunctionGraph, "Using an APIG Trigger".
 *
 * @throws `backendTimeout`, `backendUnavailable`, and what mapping throws
 */
export async function answerByFunction(
  call: Call,
  plan: Plan,
  target: FunctionPlan,
  services: Services,
  values: ParameterValues,
  nowMs: number,
): Promise<void> {
  const event = await eventOf(call, plan, target.mapping, values, nowMs);
  call.stage = 'backend';
  // A function is not asked for the sake of an explanation.
  if (call.trial !== undefined) return;
  const { functions, log } = services;
  const answer = functions.invoke(target.function, event, target.timeoutMs);
  if (target.isAsync) {
    answer.catch((error: unknown) => {
      log.warn({ requestId: call.id, err: error }, 'a function failed that nobody waits for');
    });
    send(call, 202, [], '');
    return;
  }
  try {
    const { status, head, body } = readAnswer(await answer);
    send(call, status, head, body);
  } catch (error) {
    if (error instanceof CallerGone) throw error;
    throw fail(
      error instanceof FunctionTimeout ? 'backendTimeout' : 'backendUnavailable',
      {},
      { cause: error },
    );
  }
}

const NOWHERE = { kind: 'http', origin: '', host: '', method: 'ANY', timeoutMs: 0, retryCount: 0 } as const;

async function eventOf(
  call: Call,
  plan: Plan,
  mapping: MappingPlan,
  values: ParameterValues,
  nowMs: number,
): Promise<Json> {
  // Mapped like a request, of which the function gets the parts.
  const { target, fields } = mapRequest(
    call,
    plan,
    { kind: 'http', http: NOWHERE, mapping },
    values,
    undefined,
    nowMs,
  );
  const headers: Record<string, string> = { host: call.headers.first('host') ?? call.host };
  for (const [lineName, lineValue] of fromFields(fields)) {
    const name = lineName.toLowerCase();
    const value = fromHeader(lineValue);
    headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`;
  }
  const query = parseQuery(target.slice(target.indexOf('?') + 1 || target.length));
  return {
    ...callPart(call, plan),
    headers,
    queryStringParameters: toObject(query.map(({ name, value }) => [name, value])),
    ...(await bodyPart(call, plan)),
  };
}

interface FunctionReply {
  readonly status: number;
  readonly head: readonly string[];
  readonly body: Uint8Array | string;
}

/** @throws an error for an answer that is none. */
function readAnswer(answer: unknown): FunctionReply {
  if (typeof answer !== 'object' || answer === null) throw new Error('the function answered no object');
  const { statusCode, headers = {}, body = '', isBase64Encoded } = answer as Json;
  const isStatus = Number.isInteger(statusCode) && Number(statusCode) >= 200 && Number(statusCode) <= 599;
  if (!isStatus || typeof body !== 'string' || typeof headers !== 'object' || headers === null) {
    throw new Error('the function answered an object of another form');
  }
  const head = Object.entries(headers as Json).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((each) => lineOf(name, each)),
  );
  return {
    status: Number(statusCode),
    head,
    body: isBase64Encoded === true ? Buffer.from(body, 'base64') : body,
  };
}

function lineOf(name: string, value: unknown): readonly string[] {
  const key = name.toLowerCase();
  if (key === 'content-length' || !HEADER_NAME.test(name) || NOT_RETURNABLE.has(key)) return [];
  const text = typeof value === 'string' || typeof value === 'number' ? toHeader(String(value)) : undefined;
  return text === undefined ? [] : [name, text];
}

function send(call: Call, status: number, head: readonly string[], body: Uint8Array | string): void {
  call.status = status;
  const hasCors = head.some((text, index) => index % 2 === 0 && /^access-control-/i.test(text));
  const hasNoBody = status === 204 || status === 304;
  call.reply.send(status, [...shapedLines(call, head), ...gatewayHead(call, hasCors)], hasNoBody ? '' : body);
}
