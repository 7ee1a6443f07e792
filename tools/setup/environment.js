import { delimiter, join } from 'node:path';
import { SOURCE_CONDITION } from './commands.js';

/** Node's own warnings about experimental parts would drown what a command has to say. */
const NODE_FLAGS = ['--disable-warning=ExperimentalWarning', SOURCE_CONDITION];

/**
 * The environment of everything that is started here: `node` on the PATH is the project's, and so the
 * Pulumi programs that the engine starts run with it and find the workspaces' sources.
 * @param {NodeJS.ProcessEnv} base
 * @param {string} root
 * @returns {NodeJS.ProcessEnv}
 */
export function projectEnvironment(base, root) {
  return {
    ...base,
    PATH: prepend(join(root, 'node_modules/.bin'), base['PATH']),
    NODE_OPTIONS: withFlags(base['NODE_OPTIONS']),
    // Node takes no notice of a proxy unless told to.
    ...(hasProxy(base) ? { NODE_USE_ENV_PROXY: base['NODE_USE_ENV_PROXY'] ?? '1' } : {}),
  };
}

/**
 * A search path with `directory` before everything else.
 * @param {string} directory
 * @param {string | undefined} path
 */
export function prepend(directory, path) {
  const others = (path ?? '').split(delimiter).filter((entry) => entry !== '' && entry !== directory);
  return [directory, ...others].join(delimiter);
}

/** @param {string | undefined} options */
function withFlags(options) {
  const present = (options ?? '').split(/\s+/).filter(Boolean);
  return [...present, ...NODE_FLAGS.filter((flag) => !present.includes(flag))].join(' ');
}

/** @param {NodeJS.ProcessEnv} env */
function hasProxy(env) {
  return ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].some((name) => env[name]);
}
