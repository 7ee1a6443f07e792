/** A released version: major, minor, patch. Suffixes such as `-dev` are not told apart. */
export type Version = readonly [major: number, minor: number, patch: number];

/** Finds the first version in a text such as `v3.259.0` or `go version go1.26.8 linux/amd64`. */
export function parseVersion(text: string): Version | undefined {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  if (match === null) return undefined;
  return [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

/** Whether `version` is `least` or newer. */
export function isAtLeast(version: Version, least: Version): boolean {
  const [major, minor, patch] = version;
  if (major !== least[0]) return major > least[0];
  if (minor !== least[1]) return minor > least[1];
  return patch >= least[2];
}

/** The version as it is written: `3.259.0`. */
export function formatVersion(version: Version): string {
  return version.join('.');
}
