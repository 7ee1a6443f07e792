import { dirname } from 'node:path';
import type { GoProbe, PathProbe } from './probe.ts';
import { formatVersion, isAtLeast, type Version } from './version.ts';

/** The oldest Pulumi CLI that is taken from the PATH; nothing older has been tried with these programs. */
export const LEAST_PULUMI: Version = [3, 200, 0];
/** The oldest Go that understands the committed go.mod files; it fetches a newer toolchain by itself. */
export const LEAST_GO: Version = [1, 24, 0];
/** A download that failed is not tried again for this long: in a closed network it only costs time. */
export const FAILURE_MEMORY_MS = 24 * 60 * 60 * 1000;

/** Whether a way of installing an engine is open, and why not. */
export type Way = { open: true } | { open: false; reason: string };

/** A failed download, as it is remembered between runs. */
export interface Failure {
  /** Milliseconds since 1970. */
  at: number;
  reason: string;
}

/** Judges what is on the PATH: usable where `reason` is undefined. */
export function judgePath(
  probe: PathProbe,
): { directory: string; version: string; reason?: never } | { reason: string } {
  if (probe.found === 'nothing') return { reason: 'no pulumi on the PATH' };
  if (probe.found === 'broken') return { reason: `${probe.file} ${probe.reason}` };
  const version = formatVersion(probe.version);
  if (!isAtLeast(probe.version, LEAST_PULUMI)) {
    return { reason: `${probe.file} is ${version}, older than ${formatVersion(LEAST_PULUMI)}` };
  }
  if (probe.missing.length > 0) {
    return { reason: `${probe.file} comes without ${probe.missing.join(' and ')}` };
  }
  return { directory: dirname(probe.file), version };
}

/** Whether downloading by the npm package is worth a try. */
export function judgeDownload(failure: Failure | undefined, now: number): Way {
  if (failure === undefined || now < failure.at || now - failure.at >= FAILURE_MEMORY_MS)
    return { open: true };
  const minutes = Math.round((now - failure.at) / 60_000);
  return { open: false, reason: `failed ${minutes} min ago (${failure.reason})` };
}

/** Whether the engine can be built from source, and with which `go`. */
export function judgeGo(
  probe: GoProbe,
  platform: NodeJS.Platform,
): { open: true; file: string } | { open: false; reason: string } {
  if (platform === 'win32') return { open: false, reason: 'not offered on Windows' };
  if (probe.found === 'nothing') return { open: false, reason: 'no Go toolchain on the PATH' };
  if (!isAtLeast(probe.version, LEAST_GO)) {
    return {
      open: false,
      reason: `Go ${formatVersion(probe.version)} is older than ${formatVersion(LEAST_GO)}`,
    };
  }
  return { open: true, file: probe.file };
}
