/** A step that could not be done: what went wrong, and what the reader can do next. */
export class SetupFailure extends Error {
  /**
   * @param {string} message
   * @param {string} next
   */
  constructor(message, next) {
    super(message);
    this.name = 'SetupFailure';
    /** What the reader can do next, as an imperative sentence. */
    this.next = next;
  }
}
