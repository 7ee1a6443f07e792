import { randomBytes } from 'node:crypto';

const ID_DIGITS = 32;
const IDS_AT_ONCE = 256;
let pool = '';
let next = 0;

/** A new request id: 32 lower-case hex digits. Random bytes are fetched, and written as digits, for many ids at once. */
export function createRequestId(): string {
  if (next === pool.length) {
    pool = randomBytes((ID_DIGITS / 2) * IDS_AT_ONCE).toString('hex');
    next = 0;
  }
  next += ID_DIGITS;
  return pool.slice(next - ID_DIGITS, next);
}
