/** Text that is sent at once: more of it waits no longer. */
const MAX_TEXT = 64 * 1024;

/** A place for a log's lines that sends them on together, those of one turn of the event loop at a time. */
export class LineSender {
  readonly #send: (text: string) => void;
  #text = '';
  #isDue = false;

  constructor(send: (text: string) => void) {
    this.#send = send;
  }

  write(line: string): void {
    this.#text += line;
    if (this.#text.length > MAX_TEXT) this.flush();
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.flush();
    });
  }

  /** Sends what waits. */
  flush(): void {
    const text = this.#text;
    this.#text = '';
    if (text !== '') this.#send(text);
  }
}
