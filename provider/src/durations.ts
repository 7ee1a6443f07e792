const UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const PART = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g;
const DURATION = new RegExp(`^(?:${PART.source})+$`);

/** The longest that a timer of Node can wait, and a little less. */
const LONGEST_MS = 2 ** 31 - 1 - 60_000;

/** Milliseconds of a duration as Pulumi writes it, such as `1h30m`; undefined where it is none, or is no time at all. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  const parts = [...text.matchAll(PART)].map(([, count, unit = '']) => Number(count) * (UNITS_MS[unit] ?? 0));
  const ms = Math.round(parts.reduce((sum, part) => sum + part, 0));
  return ms > 0 && ms <= LONGEST_MS ? ms : undefined;
}
