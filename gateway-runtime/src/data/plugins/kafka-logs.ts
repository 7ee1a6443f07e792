import { parseContent } from '@apig/sdk/contract';
import { openKafkaClient, type KafkaClient, type LogMessage } from './kafka-client.ts';

/** Messages that wait for a broker; more are thrown away. */
const MAX_WAITING = 10_000;
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** Messages that leave together. */
const MAX_TOGETHER = 500;
const MAX_TOGETHER_BYTES = 512 * 1024;

/** How long a message waits for others. */
const GATHER_MS = 100;

/** Is told what became of messages. */
export type NoteMessages = (deed: 'kafka_sent' | 'kafka_failed' | 'kafka_dropped', times: number) => void;

interface Waiting extends LogMessage {
  readonly note: NoteMessages;
}

/**
 * Messages on their way to the brokers of one plug-in. Nobody waits for them: they gather for a moment, leave together,
 * one batch after the other, and are counted as failed when the brokers do not take them, and as dropped when too many
 * wait already.
 */
export class KafkaLog {
  readonly #open: () => Promise<KafkaClient>;
  #client: Promise<KafkaClient> | undefined;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #isClosed = false;

  /** @param open makes the client, when there is something to send */
  constructor(open: () => Promise<KafkaClient>) {
    this.#open = open;
  }

  /** Takes a message. */
  add(message: LogMessage, note: NoteMessages): void {
    const bytes = message.value.length;
    const isFull = this.#waiting.length >= MAX_WAITING || this.#waitingBytes + bytes > MAX_WAITING_BYTES;
    if (isFull || this.#isClosed) {
      note('kafka_dropped', 1);
      return;
    }
    this.#waiting.push({ ...message, note });
    this.#waitingBytes += bytes;
    if (this.#sending !== undefined) return;
    if (this.#waiting.length >= MAX_TOGETHER) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), GATHER_MS).unref();
  }

  /** Takes no more, and sends what waits, for at most that long. */
  async close(timeoutMs: number): Promise<void> {
    this.#isClosed = true;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([this.#sendAll(), late]);
    clearTimeout(timer);
    for (const { note } of this.#waiting.splice(0)) note('kafka_dropped', 1);
    const client = await Promise.race([this.#client?.catch(() => undefined), late]);
    // Whatever is still under way fails now.
    await client?.close().catch(() => undefined);
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0 || this.#sending !== undefined) {
      if (this.#sending === undefined) this.#send();
      await this.#sending;
    }
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#sending !== undefined || this.#waiting.length === 0) return;
    const batch = this.#takeBatch();
    this.#sending = this.#deliver(batch).finally(() => {
      this.#sending = undefined;
      if (!this.#isClosed) this.#send();
    });
  }

  #takeBatch(): readonly Waiting[] {
    let count = 0;
    let bytes = 0;
    for (const { value } of this.#waiting) {
      if (count > 0 && (count >= MAX_TOGETHER || bytes + value.length > MAX_TOGETHER_BYTES)) break;
      count += 1;
      bytes += value.length;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  async #deliver(batch: readonly Waiting[]): Promise<void> {
    let deed: 'kafka_sent' | 'kafka_failed' = 'kafka_sent';
    try {
      this.#client ??= this.#open();
      const client = await this.#client;
      await client.send(batch);
    } catch {
      // What it was stands in the counts; a line of log for each call would be as long as the log itself.
      deed = 'kafka_failed';
    }
    const counts = new Map<NoteMessages, number>();
    for (const { note } of batch) counts.set(note, (counts.get(note) ?? 0) + 1);
    for (const [note, times] of counts) note(deed, times);
  }
}

/** The logs of all plug-ins. They outlive snapshots, so that a change of the configuration does not cost a connection. */
export class KafkaLogs {
  readonly #logs = new Map<string, { readonly content: string; readonly log: KafkaLog }>();

  /** The log of a plug-in with that content. One of an earlier content sends what it has, and ends. */
  of(pluginId: string, content: string): KafkaLog {
    const known = this.#logs.get(pluginId);
    if (known?.content === content) return known.log;
    this.forget(pluginId);
    const log = new KafkaLog(() => openKafkaClient(parseContent('kafka_log', content)));
    this.#logs.set(pluginId, { content, log });
    return log;
  }

  /** Ends the log of a plug-in. */
  forget(pluginId: string): void {
    void this.#logs.get(pluginId)?.log.close(CLOSE_MS);
    this.#logs.delete(pluginId);
  }

  /** Ends all, once what waits is sent or the time is over. */
  async close(timeoutMs: number): Promise<void> {
    const logs = [...this.#logs.values()];
    this.#logs.clear();
    await Promise.all(logs.map(({ log }) => log.close(timeoutMs)));
  }
}

const CLOSE_MS = 5000;
