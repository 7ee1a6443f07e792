import { readFile, writeFile } from 'node:fs/promises';
import { ReviewError } from '../plan.ts';
import type { Terminal } from './terminal.ts';

/** The text of a file, or with `-` that of the standard input. @throws ReviewError when it cannot be read */
export async function readText(file: string, terminal: Terminal): Promise<string> {
  if (file === '-') return terminal.read();
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ReviewError(`${file} cannot be read: ${messageOf(error)}`);
  }
}

/** Writes a result to a file, or to the standard output when none is named. @throws ReviewError when it cannot be written */
export async function putText(text: string, file: string | undefined, terminal: Terminal): Promise<void> {
  if (file === undefined) {
    terminal.write(text);
    return;
  }
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new ReviewError(`${file} cannot be written: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  return String(message).split('\n', 1)[0] ?? '';
}
