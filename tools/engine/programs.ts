import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { LAUNCHER_NAME } from './launcher.ts';

/** The command-line program itself. */
export const CLI_NAME = 'pulumi';
/** Runs Pulumi programs written for Node. */
export const LANGUAGE_HOST_NAME = 'pulumi-language-nodejs';
/** What the engine starts by name and cannot do without here. */
export const COMPANIONS: readonly string[] = [LANGUAGE_HOST_NAME, LAUNCHER_NAME];

/** The first executable of that name on a search path. */
export function findOnPath(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, name))
    .find(isExecutable);
}

/** The companions that are neither beside the CLI (or the file it is a link to) nor on the path. */
export function missingCompanions(cli: string, path: string): string[] {
  const places = [dirname(cli), dirname(realpathSync(cli)), path].join(delimiter);
  return COMPANIONS.filter((name) => findOnPath(name, places) === undefined);
}

/** Whether the file is there and may be run. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Absent or forbidden: either way it cannot be run.
    return false;
  }
}
