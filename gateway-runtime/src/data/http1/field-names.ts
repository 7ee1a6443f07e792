import type { Head } from './head.ts';

/** A set of field names, in which the fields of a head are looked up without a string being made of their names. */
export class FieldNames {
  /** The names of each length: most fields are told from all names by their length alone. */
  readonly #byLength: (readonly string[] | undefined)[] = [];
  readonly #names: ReadonlySet<string>;

  /** @param names lower-case names */
  constructor(names: Iterable<string>) {
    this.#names = new Set(names);
    for (const name of this.#names) {
      while (this.#byLength.length <= name.length) this.#byLength.push(undefined);
      this.#byLength[name.length] = [...(this.#byLength[name.length] ?? []), name];
    }
  }

  /** Whether the field of that index has one of the names. */
  has(head: Head, index: number): boolean {
    const candidates = this.#byLength[head.nameLength(index)];
    if (candidates === undefined) return false;
    for (const name of candidates) if (head.isNamed(index, name)) return true;
    return false;
  }

  /** A set with further names. */
  with(names: Iterable<string>): FieldNames {
    return new FieldNames([...this.#names, ...names]);
  }
}
