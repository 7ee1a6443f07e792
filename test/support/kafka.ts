import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { findGoProgram } from './go-program.ts';

/** Its sources, go.mod and go.sum decide what is built. */
const RECIPE = join(dirname(dirname(import.meta.dirname)), 'tools/kafka-broker');

/** A record that a broker has taken. */
export interface KafkaRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
}

/** A Kafka broker in a process of its own. */
export interface KafkaBroker {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** The next record, as soon as the broker has taken one. */
  next(): Promise<KafkaRecord>;
  dispose(): Promise<void>;
}

/** How a broker is opened. */
export interface KafkaBrokerOptions {
  /** The one topic that it has. */
  readonly topic: string;
  /** What clients must show. */
  readonly login?: { readonly user: string; readonly password: string };
  /** Files of a certificate and its key; then it speaks TLS. */
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string };
}

/** The program of the broker; undefined on a machine without Go. */
export function findKafkaBroker(): string | undefined {
  return findGoProgram({ name: 'kafka-broker', recipe: RECIPE, source: '.' });
}

/** Opens a broker on 127.0.0.1. */
export async function openKafkaBroker(
  program: string,
  { topic, login, tls }: KafkaBrokerOptions,
): Promise<KafkaBroker> {
  const child = spawn(
    program,
    [
      ...['--topic', topic],
      ...(login === undefined ? [] : ['--user', login.user, '--password', login.password]),
      ...(tls === undefined ? [] : ['--cert', tls.certificateFile, '--key', tls.keyFile]),
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const closed = once(child, 'close');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error('the broker has ended');
    return JSON.parse(value);
  };
  const { address } = (await read()) as { readonly address: string };
  return {
    address,
    next: async () => (await read()) as KafkaRecord,
    dispose: async () => {
      child.stdin.end();
      await closed;
    },
  };
}
