import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { descriptionOf, fieldsOf } from '@apig/sdk/contract';
import { clientOf } from '../clients.ts';
import { readConnection } from '../connection.ts';
import { takeInventory } from '../export/inventory.ts';
import { toImportFile } from '../export/import-file.ts';
import { toProgram } from '../export/program.ts';
import { toResources, type ExportedResource } from '../export/resources.ts';
import type { Pulumi } from './pulumi.ts';
import { CommandError, readStack, type Stack } from './stack.ts';

const PROGRAM = 'index.ts';
const IMPORT_FILE = 'import.json';

/** Writes the program and the import file of what exists. Returns the exit code. */
export async function runExport(
  args: readonly string[],
  { pulumi, say }: { readonly pulumi: Pulumi; readonly say: (line: string) => void },
): Promise<number> {
  const options = readOptions(args);
  const { out, gateway, force } = options;
  const files = [PROGRAM, IMPORT_FILE].map((name) => join(out, name));
  const present = force ? undefined : files.find((file) => existsSync(file));
  if (present !== undefined)
    throw new CommandError(`${present} exists: give --force to have it written anew.`);

  const place = [
    ...(options.stack === undefined ? [] : ['--stack', options.stack]),
    ...(options.cwd === undefined ? [] : ['--cwd', options.cwd]),
  ];
  const hasStack = options.stack !== undefined || existsSync(join(options.cwd ?? '.', 'Pulumi.yaml'));
  const stack = hasStack ? await readStack(pulumi, place) : undefined;
  const connection = readConnection(stack?.config ?? { get: () => undefined });
  if ('problem' in connection) throw new CommandError(connection.problem);
  const existing = await takeInventory(await clientOf(connection), gateway);
  if (gateway !== undefined && !existing.some(({ kind }) => kind === 'gateway'))
    throw new CommandError(`there is no gateway ${gateway}.`);
  const exported = toResources(existing);

  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, PROGRAM), toProgram(exported));
  // Secrets are in it: nobody else may read it, not even for the moment between two steps.
  writeFileSync(join(out, IMPORT_FILE), toImportFile(exported), { mode: 0o600 });
  say(`${exported.length} resources in ${files.join(' and ')}.`);
  const missing = await configure(exported, stack);
  for (const { key, secret } of missing) {
    const reason = stack === undefined ? 'in the stack' : 'not to be read';
    say(`${reason}, set it: pulumi config set ${secret ? '--secret ' : ''}${key}`);
  }
  say(`next: pulumi import --file ${files[1] ?? ''} --protect=false --generate-code=false`);
  say(`then remove ${files[1] ?? ''}: it holds secrets.`);
  return 0;
}

interface ExportOptions {
  readonly out: string;
  readonly gateway: string | undefined;
  readonly stack: string | undefined;
  readonly cwd: string | undefined;
  readonly force: boolean;
}

function readOptions(args: readonly string[]): ExportOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        pulumi: { type: 'boolean' },
        out: { type: 'string', default: '.' },
        gateway: { type: 'string' },
        stack: { type: 'string', short: 's' },
        cwd: { type: 'string', short: 'C' },
        force: { type: 'boolean', default: false },
      },
    });
    if (values.pulumi !== true) throw new CommandError('say what to write: apig export --pulumi.');
    const { out, gateway, stack, cwd, force } = values;
    return { out, gateway, stack, cwd, force };
  } catch (error) {
    if (error instanceof TypeError) throw new CommandError(error.message);
    throw error;
  }
}

/** Sets those settings that the service has shown. Returns the others. */
async function configure(
  exported: readonly ExportedResource[],
  stack: Stack | undefined,
): Promise<readonly { readonly key: string; readonly secret: boolean }[]> {
  const missing: { key: string; secret: boolean }[] = [];
  for (const { kind, settings, inputs } of exported) {
    for (const [field, key] of settings) {
      const value = inputs[field];
      if (stack !== undefined && typeof value === 'string') await stack.setSecret(key, value);
      else missing.push({ key, secret: isSecret(kind, field) });
    }
  }
  return missing;
}

function isSecret(kind: ExportedResource['kind'], field: string): boolean {
  const { input } = descriptionOf(kind);
  return fieldsOf(input).some(({ name, marks }) => name === field && marks.secret === true);
}
