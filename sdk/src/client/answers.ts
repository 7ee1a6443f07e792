import {
  ApigError,
  controlErrors,
  isApigError,
  type ApigErrorInit,
  type ControlErrorName,
} from '../errors.ts';
import type { Json } from '../wire.ts';
import { nameOf, type Answered, type Exchange } from './exchange.ts';
import { textOf } from './answer-fields.ts';
import { TransportError } from './failures.ts';

/**
 * The body of an answer, empty when it has none.
 *
 * @throws ApigError when the gateway refused; TransportError when no management API answers like that.
 */
export function readAnswer(exchange: Exchange, answer: Answered): Json {
  const body = parseObject(answer.body);
  const succeeded = answer.status >= 200 && answer.status < 300;
  if (succeeded && body !== undefined) return body;
  const code = body && textOf(body, 'error_code');
  if (succeeded || code === undefined || body === undefined) throw invalidAnswer(exchange, answer);
  const message = textOf(body, 'error_msg') ?? '';
  const requestId = textOf(body, 'request_id') ?? answer.header('x-request-id');
  throw new ApigError({
    ...recognise(code, answer.status, message),
    code,
    status: answer.status,
    message,
    requestId,
  });
}

/** An answer that cannot be understood, as of a proxy or of another kind of server. */
export function invalidAnswer(exchange: Exchange, { status }: Answered): TransportError {
  return new TransportError({
    code: 'ANSWER_INVALID',
    message: `${nameOf(exchange)} was answered with status ${status}, but not as a management API does: is the endpoint right?`,
    // A success was carried out, and a fault of a server may have been; a refusal was not.
    outcomeUnknown: exchange.method !== 'GET' && (status < 300 || status >= 500),
    status,
  });
}

/**
 * Tells whether an error says that an object is not there. The code is asked too, so that a wrong endpoint, which knows no
 * path of the management API, is not taken for a gateway without objects.
 */
export function isAbsence(error: unknown): boolean {
  return isApigError(error) && error.status === 404 && /^(?:APIG\.3|APIC\.73)/.test(error.code);
}

/** The result of a call, or undefined when what it is about does not exist. */
export async function ifPresent<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

function parseObject(bytes: Buffer): Json | undefined {
  if (bytes.length === 0) return {};
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    // Not JSON: reported by the caller with the status, and without the text, which may hold anything.
    return undefined;
  }
}

interface Template {
  readonly name: ControlErrorName;
  readonly status: number;
  readonly pattern: RegExp;
}

let templates: ReadonlyMap<string, readonly Template[]> | undefined;

/** Name and details of a catalogue entry that an answer was made from; nothing when it was made from another text. */
function recognise(code: string, status: number, message: string): Pick<ApigErrorInit, 'name' | 'details'> {
  templates ??= toTemplates();
  for (const entry of templates.get(code) ?? []) {
    const match = entry.status === status && message.length < 2000 ? entry.pattern.exec(message) : null;
    if (match) return { name: entry.name, details: { ...match.groups } };
  }
  return {};
}

function toTemplates(): ReadonlyMap<string, readonly Template[]> {
  const byCode = new Map<string, Template[]>();
  for (const [name, { code, status, message }] of Object.entries(controlErrors)) {
    const seen = new Set<string>();
    const pattern = message
      .split(/(\{\w+\})/)
      .map((part) => {
        const field = /^\{(\w+)\}$/.exec(part)?.[1];
        if (field === undefined) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
        if (seen.has(field)) return '.*';
        seen.add(field);
        return `(?<${field}>.*)`;
      })
      .join('');
    const entries = byCode.get(code) ?? [];
    entries.push({ name: name as ControlErrorName, status, pattern: new RegExp(`^${pattern}$`, 's') });
    byCode.set(code, entries);
  }
  return byCode;
}
