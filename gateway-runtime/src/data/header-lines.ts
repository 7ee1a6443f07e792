/**
 * The header lines of a request as they arrived, with an index by lower-case name.
 *
 * Names keep the case of the wire, values have one character per byte, repeated headers stay separate lines. So a
 * line that a stage does not touch is forwarded as it came.
 */
export class HeaderLines {
  /** Names at even, values at odd indexes. */
  readonly lines: readonly string[];
  /** Lower-case name of each line. */
  readonly names: readonly string[];

  constructor(lines: readonly string[]) {
    const names: string[] = [];
    for (let index = 0; index < lines.length; index += 2) names.push((lines[index] ?? '').toLowerCase());
    this.lines = lines;
    this.names = names;
  }

  /** Value of the first line of that lower-case name. */
  first(name: string): string | undefined {
    const at = this.names.indexOf(name);
    return at < 0 ? undefined : this.lines[at * 2 + 1];
  }

  /** Values of all lines of that lower-case name in the order of arrival, joined by `separator`. */
  joined(name: string, separator = ','): string | undefined {
    const { lines, names } = this;
    const first = names.indexOf(name);
    if (first < 0) return undefined;
    let value = lines[first * 2 + 1] ?? '';
    for (let at = names.indexOf(name, first + 1); at >= 0; at = names.indexOf(name, at + 1)) {
      value += separator + (lines[at * 2 + 1] ?? '');
    }
    return value;
  }

  /** Number of lines of that lower-case name. */
  count(name: string): number {
    let count = 0;
    for (const each of this.names) if (each === name) count += 1;
    return count;
  }
}
