import type { Json } from '../wire.ts';
import { TransportError } from './failures.ts';

/** A text of an answer; undefined when it has none under that key. */
export function textOf(answer: Json, key: string): string | undefined {
  const value = answer[key];
  return typeof value === 'string' ? value : undefined;
}

/** An ID, or another text that an answer must have. */
export function idOf(answer: Json, key: string): string {
  const value = textOf(answer, key);
  if (value !== undefined && value !== '') return value;
  const message = `an answer holds no ${key}`;
  throw new TransportError({ code: 'ANSWER_INVALID', message, outcomeUnknown: false });
}
