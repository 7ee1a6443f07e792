import { join } from 'node:path';

/**
 * One program to run with Node 24: its title, the arguments of `node`, and whether it needs the Pulumi engine.
 * @typedef {{ title: string, args: string[], engine: boolean }} Step
 */

/** Resolves the workspaces' sources instead of their built files. */
export const SOURCE_CONDITION = '--conditions=@apig/source';

/** Command-line programs by the name the package scripts use. */
const PROGRAMS = {
  tsc: 'node_modules/typescript/bin/tsc',
  eslint: 'node_modules/eslint/bin/eslint.js',
  prettier: 'node_modules/prettier/bin/prettier.cjs',
  jest: 'node_modules/jest/bin/jest.js',
};

/** Folders whose programs drive the Pulumi engine. */
const ENGINE_FOLDERS = ['tools/demo/', 'test/bench/', 'test/e2e/'];

/**
 * Turns the words after `node tools/run.js` into steps. Undefined when they name nothing that can be run.
 * @param {string[]} words
 * @param {string} root
 * @returns {Step[] | undefined}
 */
export function planSteps([name, ...rest], root) {
  if (name === undefined) return undefined;
  if (name === 'check') {
    const steps = checks(root);
    return rest.includes('--without-tests') ? steps : [...steps, program(root, 'jest', [])];
  }
  if (isProgram(name)) return [program(root, name, rest)];
  if (!/\.[cm]?[jt]s$/.test(name)) return undefined;
  const engine = ENGINE_FOLDERS.some((folder) => name.replace(/^\.\//, '').startsWith(folder));
  return [{ title: name, args: [SOURCE_CONDITION, name, ...rest], engine }];
}

/** @param {string} root */
function checks(root) {
  return [
    program(root, 'eslint', ['.']),
    program(root, 'tsc', ['-b']),
    ...['test', 'tools', 'examples'].map((folder) => program(root, 'tsc', ['-p', folder, '--noEmit'])),
    program(root, 'prettier', ['--check', '--log-level=warn', '.']),
  ];
}

/**
 * @param {string} root
 * @param {keyof typeof PROGRAMS} name
 * @param {string[]} words
 * @returns {Step}
 */
function program(root, name, words) {
  const flags = name === 'jest' ? ['--experimental-vm-modules', SOURCE_CONDITION] : [];
  return {
    title: [name, ...words].join(' '),
    args: [...flags, join(root, PROGRAMS[name]), ...words],
    engine: name === 'jest',
  };
}

/**
 * @param {string} name
 * @returns {name is keyof typeof PROGRAMS}
 */
function isProgram(name) {
  return Object.hasOwn(PROGRAMS, name);
}
