/** A step of the demonstration that failed, and what its reader can do about it. */
export class DemoFailure extends Error {
  readonly next: string;

  constructor(message: string, next: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DemoFailure';
    this.next = next;
  }
}
