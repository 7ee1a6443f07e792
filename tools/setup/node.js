import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SetupFailure } from './failure.js';

/** Oldest Node that can run the set-up itself; the project then runs on the Node it installs. */
const SETUP_MAJOR = 20;
const PROJECT_MAJOR = 24;

/**
 * Whether a Node of this version can run the set-up.
 * @param {string} version as in process.versions.node
 */
export function canRunSetup(version) {
  return majorOf(version) >= SETUP_MAJOR;
}

/**
 * The Node that runs the project: the one among its dependencies, or this one if it is new enough.
 * @param {string} root
 */
export function findProjectNode(root) {
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const own = join(root, 'node_modules/node/bin', file);
  if (existsSync(own)) return own;
  if (majorOf(process.versions.node) >= PROJECT_MAJOR) return process.execPath;
  throw new SetupFailure(
    `Node ${PROJECT_MAJOR} did not come with the dependencies (npm runs no install scripts here?)`,
    `allow them (npm config set ignore-scripts false), delete node_modules and run the command again, or use Node ${PROJECT_MAJOR}`,
  );
}

/** @param {string} version */
function majorOf(version) {
  return Number.parseInt(version, 10);
}
