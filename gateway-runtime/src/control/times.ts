/** A stored time as answers show it: RFC 3339 in UTC, whole seconds, so that all answers agree. */
export function toSeconds(time: string): string {
  return `${time.slice(0, 19)}Z`;
}

/** A stored time as milliseconds since the epoch. */
export function toMilliseconds(time: string): number {
  return Date.parse(time);
}

/** A stored time as `YYYYMMDDhhmmss`. */
export function toVersionNumber(time: string): string {
  return time.slice(0, 19).replace(/\D/g, '');
}
