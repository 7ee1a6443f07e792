/** Runs tasks one after another, in the order in which they came. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs the task when all earlier ones have ended, and returns its result. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    // A task that fails does not keep the next one from running; its error goes to the one who gave the task.
    this.#last = result.catch(() => undefined);
    return result;
  }
}
