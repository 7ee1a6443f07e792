import type { Head } from './http1/head.ts';

/**
 * The header lines of a request as they arrived. Values have one character per byte, repeated headers stay separate
 * lines, and a line that nobody asks for costs nothing.
 */
export class HeaderLines {
  /** The lines where they stand. */
  readonly head: Head;
  /** Lower-case names of the lines that belong to the connection, beside those that always do. */
  readonly ofConnection: readonly string[];

  constructor(head: Head, ofConnection: readonly string[]) {
    this.head = head;
    this.ofConnection = ofConnection;
  }

  /** Lower-case name of each line. */
  get names(): readonly string[] {
    const names: string[] = [];
    for (let index = 0; index < this.head.count; index += 1) names.push(this.head.name(index).toLowerCase());
    return names;
  }

  /** Value of the first line of that lower-case name. */
  first(name: string): string | undefined {
    return this.head.first(name);
  }

  /** Values of all lines of that lower-case name in the order of arrival, joined by `separator`. */
  joined(name: string, separator = ','): string | undefined {
    const { head } = this;
    let at = head.find(name);
    if (at < 0) return undefined;
    let value = head.value(at);
    for (at = head.find(name, at + 1); at >= 0; at = head.find(name, at + 1))
      value += separator + head.value(at);
    return value;
  }

  /** Number of lines of that lower-case name. */
  count(name: string): number {
    const { head } = this;
    let count = 0;
    for (let at = head.find(name); at >= 0; at = head.find(name, at + 1)) count += 1;
    return count;
  }
}
