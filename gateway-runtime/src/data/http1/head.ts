/** What a field means to whoever frames and forwards messages; 0 for all others. */
export const FIELD = {
  other: 0,
  host: 1,
  contentLength: 2,
  transferEncoding: 3,
  connection: 4,
  keepAlive: 5,
  proxyConnection: 6,
  te: 7,
  trailer: 8,
  upgrade: 9,
  expect: 10,
} as const;

/** Numbers that {@link Head.marks} holds for each field. */
export const STRIDE = 5;

/** Texts that one head has notes of at most: one for each who works something out, and some for further APIs. */
const MAX_NOTES = 4;

/** What others have worked out of the fields of a head alone, to be found again with the same fields. */
export class HeadNotes {
  readonly #keys: object[] = [];
  readonly #texts: string[] = [];
  #next = 0;

  /** The text that was worked out for the sake of `key`. */
  find(key: object): string | undefined {
    const at = this.#keys.indexOf(key);
    return at < 0 ? undefined : this.#texts[at];
  }

  /** Keeps a text, perhaps in the place of an older one. */
  keep(key: object, text: string): void {
    // Asking for a character makes one piece of a text that was put together from many.
    text.charCodeAt(0);
    this.#keys[this.#next] = key;
    this.#texts[this.#next] = text;
    this.#next = (this.#next + 1) % MAX_NOTES;
  }
}

/**
 * The fields of a head, as offsets into their text: a field that nobody asks for costs no string.
 *
 * Each field has five marks in turn: start and end of its name, start and end of its value without blanks around it,
 * and its {@link FIELD}. Fields stand one after another, so the line of a field reaches from the start of its name
 * to that of the next one.
 */
export class Head {
  /** The fields, one character a byte, from the first one to the empty line after the last. */
  readonly text: string;
  readonly marks: readonly number[];
  /** Number of fields. */
  readonly count: number;
  /** For a head whose fields are expected again; undefined for others, as notes of them would be in vain. */
  notes: HeadNotes | undefined;
  /** Bit n is set when a name has n characters, modulo 32; 0 until somebody looks for a name. */
  #lengths = 0;

  constructor(text: string, marks: readonly number[], count: number) {
    this.text = text;
    this.marks = marks;
    this.count = count;
  }

  /** Name as it arrived. */
  name(index: number): string {
    return this.text.slice(this.mark(index, 0), this.mark(index, 1));
  }

  /** Length of the name. */
  nameLength(index: number): number {
    return this.mark(index, 1) - this.mark(index, 0);
  }

  /** Whether the name begins with a lower-case text. */
  nameStartsWith(index: number, text: string): boolean {
    return this.nameLength(index) >= text.length && isSameName(this.text, this.mark(index, 0), text);
  }

  /** Whether the name has that character. */
  nameIncludes(index: number, character: string): boolean {
    return this.name(index).includes(character);
  }

  /** Value without the blanks around it. */
  value(index: number): string {
    return this.text.slice(this.mark(index, 2), this.mark(index, 3));
  }

  /** What the field means to framing: a {@link FIELD}. */
  kind(index: number): number {
    return this.mark(index, 4);
  }

  /** Where the line of a field starts in the text; for `count`, where the last line ended. */
  lineStart(index: number): number {
    return index < this.count ? this.mark(index, 0) : this.text.length - 2;
  }

  /** Index of the first field of that lower-case name at or after an index, or -1. */
  find(name: string, from = 0): number {
    // Most names that are asked for are not there, and are not even of the length of one that is.
    if (((this.#lengths || this.#noteLengths()) & (1 << (name.length & 31))) === 0) return -1;
    for (let index = from; index < this.count; index += 1) {
      const start = this.mark(index, 0);
      if (this.mark(index, 1) - start === name.length && isSameName(this.text, start, name)) return index;
    }
    return -1;
  }

  /** Value of the first field of that lower-case name. */
  first(name: string): string | undefined {
    const index = this.find(name);
    return index < 0 ? undefined : this.value(index);
  }

  /** Whether the name of a field equals a lower-case name. */
  isNamed(index: number, name: string): boolean {
    const start = this.mark(index, 0);
    return this.mark(index, 1) - start === name.length && isSameName(this.text, start, name);
  }

  #noteLengths(): number {
    for (let index = 0; index < this.count; index += 1) this.#lengths |= 1 << (this.nameLength(index) & 31);
    return this.#lengths;
  }

  private mark(index: number, which: number): number {
    // Zero is never reached: callers stay below `count`, and the parser wrote all marks below it.
    return this.marks[index * STRIDE + which] ?? 0;
  }
}

/** Compares a name in a text with a lower-case one, letter by letter. */
export function isSameName(text: string, start: number, lowerCaseName: string): boolean {
  for (let index = 0; index < lowerCaseName.length; index += 1) {
    const code = text.charCodeAt(start + index);
    const lower = code >= 65 && code <= 90 ? code | 32 : code;
    if (lower !== lowerCaseName.charCodeAt(index)) return false;
  }
  return true;
}
