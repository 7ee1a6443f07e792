import { Worker } from 'node:worker_threads';
import { fail } from '@apig/sdk/contract';

/** Time for one document; the longest sound ones take a third of it. */
const LIMIT_MS = 10_000;

const MEMORY_MB = 512;

// As source it runs under its own name, compiled under that of the other form.
const ENTRY = new URL(import.meta.url.endsWith('.ts') ? 'yaml-thread.ts' : 'yaml-thread.js', import.meta.url);

/**
 * Parses YAML on a thread of its own. Parsing some texts takes time that grows with the square of their length, and calls
 * go on meanwhile.
 *
 * @throws importNotReadable
 */
export function parseYaml(text: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(ENTRY, {
      workerData: text,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    const timer = setTimeout(() => void thread.terminate(), LIMIT_MS);
    const refuse = () => {
      // The parser's message quotes the file.
      reject(fail('importNotReadable'));
    };
    thread.once('message', resolve);
    thread.once('error', refuse);
    thread.once('exit', () => {
      clearTimeout(timer);
      refuse();
    });
  });
}
