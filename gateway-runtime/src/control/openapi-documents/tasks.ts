import { fail, isApigError, type Json } from '@apig/sdk/contract';
import type { Clock } from '../../clock.ts';
import type { Log } from '../../observe/log.ts';
import { newId } from '../ids.ts';

/** How long the result of a task can be asked for. */
const LIFETIME_MS = 3600 * 1000;

/** Tasks that are not done, at most: each of them holds a document. */
const MAX_UNFINISHED = 32;

/** Results that are kept at most; the oldest make room. */
const MAX_FINISHED = 100;

type Type = 'import_api' | 'export_api';
type Status = 'waiting' | 'processing' | 'succeed' | 'failed';

interface Task {
  readonly id: string;
  readonly gatewayId: string;
  readonly type: Type;
  status: Status;
  result: string;
  finishedAtMs: number | undefined;
}

/** What a task tells, and what it comes to. */
export type TaskWork = (begin: () => void) => Promise<Json>;

/**
 * Imports and exports whose results are asked for later. They are kept in memory: each for an hour after its end, and none
 * after a restart. What a task has written is as durable as any other write.
 */
export class Tasks {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #tasks = new Map<string, Task>();

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Starts a task and returns its ID. @throws otherQuota when too many are not done */
  start(gatewayId: string, type: Type, work: TaskWork): string {
    this.#sweep();
    const unfinished = [...this.#tasks.values()].filter(({ finishedAtMs }) => finishedAtMs === undefined);
    if (unfinished.length >= MAX_UNFINISHED) {
      throw fail('otherQuota', { limit: MAX_UNFINISHED, things: 'unfinished tasks' });
    }
    const task: Task = {
      id: newId(),
      gatewayId,
      type,
      status: 'waiting',
      result: '',
      finishedAtMs: undefined,
    };
    this.#tasks.set(task.id, task);
    void this.#run(task, work);
    return task.id;
  }

  /** What is known of a task of a gateway. @throws asyncTaskNotFound */
  show(gatewayId: string, id: string): Json {
    this.#sweep();
    const task = this.#tasks.get(id);
    if (task === undefined || task.gatewayId !== gatewayId) throw fail('asyncTaskNotFound', { id });
    return { task_id: id, task_type: task.type, task_status: task.status, task_result: task.result };
  }

  async #run(task: Task, work: TaskWork): Promise<void> {
    let result: Json;
    let status: Status = 'succeed';
    try {
      result = await work(() => {
        task.status = 'processing';
      });
    } catch (error) {
      status = 'failed';
      // Nobody waits for what a task throws, so it is told here.
      if (!isApigError(error)) this.#log.error({ err: error, taskId: task.id }, 'a task failed');
      const { code, message } = isApigError(error) ? error : fail('unknownFault', {}, { cause: error });
      result = { error_code: code, error_msg: message };
    }
    task.status = status;
    task.result = JSON.stringify(result);
    task.finishedAtMs = this.#clock.now();
  }

  #sweep(): void {
    const nowMs = this.#clock.now();
    const finished = [...this.#tasks.values()].filter(({ finishedAtMs }) => finishedAtMs !== undefined);
    for (const [index, { id, finishedAtMs = nowMs }] of finished.entries()) {
      const isOld = finishedAtMs + LIFETIME_MS <= nowMs;
      if (isOld || index < finished.length - MAX_FINISHED) this.#tasks.delete(id);
    }
  }
}
