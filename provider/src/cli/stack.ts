import { parseArgs } from 'node:util';
import type { StackConfig } from '../connection.ts';
import type { Pulumi } from './pulumi.ts';

/** The stack that a command is about. */
export interface Stack {
  /** Its name with those of its project and organization. */
  readonly name: string;
  readonly config: StackConfig;
  /** Puts a secret into its configuration. */
  setSecret(key: string, value: string): Promise<void>;
  /** The changeset in which the stack's objects are staged, as the stack itself remembers it. */
  stagedIn(): Promise<string | undefined>;
  /** Remembers the changeset, or that nothing is staged. False where the backend does not keep tags. */
  remember(changesetId: string | undefined): Promise<boolean>;
}

/** A failure of the command in words for the user. */
export class CommandError extends Error {}

const TAG = 'apig:changeset';

/** Pulumi's flags with a value that may be written without a blank: nothing in them is a flag. */
const WITH_VALUE = { config: 'c', message: 'm', exclude: 'x', parallel: 'p', target: 't', verbose: 'v' };

/** The part of Pulumi's arguments that says which stack is meant. */
export function readArguments(args: readonly string[]): {
  readonly place: readonly string[];
  readonly wantsHelp: boolean;
} {
  const others = Object.entries(WITH_VALUE).map(
    ([name, short]) => [name, { type: 'string', short }] as const,
  );
  const { values } = parseArgs({
    args: [...args],
    strict: false,
    options: {
      ...Object.fromEntries(others),
      stack: { type: 'string', short: 's' },
      cwd: { type: 'string', short: 'C' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const { stack, cwd, help } = values;
  const place = [
    ...(typeof stack === 'string' ? ['--stack', stack] : []),
    ...(typeof cwd === 'string' ? ['--cwd', cwd] : []),
  ];
  return { place, wantsHelp: help === true };
}

/**
 * Reads which stack is meant and how it is configured.
 *
 * @throws CommandError when there is none.
 */
export async function readStack(pulumi: Pulumi, place: readonly string[]): Promise<Stack> {
  const ask = async (args: readonly string[]): Promise<string> => {
    const { code, output } = await pulumi.read([...args, ...place]);
    if (code !== 0) throw new CommandError('the stack cannot be read: see above.');
    return output;
  };
  const name = (await ask(['stack', '--show-name', '--fully-qualify-stack-names'])).trim();
  const values = JSON.parse(await ask(['config', '--json', '--show-secrets'])) as Record<
    string,
    { readonly value?: string }
  >;
  const tag = async (...args: string[]) => pulumi.read(['stack', 'tag', ...args, ...place]);

  return {
    name,
    config: { get: (key) => values[key]?.value },
    async setSecret(key, value) {
      const { code } = await pulumi.read(['config', 'set', key, '--secret', ...place], value);
      if (code !== 0) throw new CommandError(`the secret ${key} cannot be set: see above.`);
    },
    async stagedIn() {
      const { code, output } = await tag('ls', '--json');
      if (code !== 0) return undefined;
      const found = (JSON.parse(output) as Record<string, unknown>)[TAG];
      return typeof found === 'string' ? found : undefined;
    },
    async remember(changesetId) {
      const { code } = await (changesetId === undefined ? tag('rm', TAG) : tag('set', TAG, changesetId));
      return code === 0;
    },
  };
}
