/** Milliseconds of each unit. */
const UNITS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 0.001,
  n: 0.000_001,
};

/**
 * How long a caller waits for the end of its call, in milliseconds; undefined when it does not say, or not in the form
 * of `grpc-timeout`. Source: "gRPC over HTTP2", Requests (Timeout).
 */
export function deadlineOf(timeout: string | undefined): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,8})([HMSmun])$/.exec(timeout ?? '') ?? [];
  const factor = UNITS[unit];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}
