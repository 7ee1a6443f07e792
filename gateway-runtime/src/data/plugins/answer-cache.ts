import type { ResponseHead } from '../http1/response-head.ts';

/** All kept answers of a thread, heads and bodies. Source: user guide, "Configuring a Response Caching Policy". */
const MAX_BYTES = 128 * 1024 * 1024;

/** Answers under one key that differ by what they vary with. */
const MAX_VARIANTS = 32;

/** An answer that can be given again. */
export interface KeptAnswer {
  readonly head: ResponseHead;
  /** The lines of its head that are kept, each with its CR LF. */
  readonly fields: string;
  /** Its body, one character a byte. */
  readonly text: string;
  /** The headers that it varies with, and what the request had there (RFC 9111, 4.1). */
  readonly varies: readonly (readonly [name: string, value: string | undefined])[];
  /** Whether it may be given to callers that show their own credentials to the backend (RFC 9111, 3.5). */
  readonly isPublic: boolean;
  readonly keptAtMs: number;
  /** How old it was then. */
  readonly ageMs: number;
  readonly freshUntilMs: number;
}

/** The kept answers of one API in one environment under one configuration. */
export class CacheSpace {
  readonly id: number;
  /** Path -> keys of answers to it. */
  readonly paths = new Map<string, Set<string>>();
  /** Nothing is kept in it any more. */
  isClosed = false;
  readonly #numbers = new WeakMap<object, number>();
  #last = 0;

  constructor(id: number) {
    this.id = id;
  }

  /** A number that tells a backend from others. */
  numberOf(backend: object): number {
    let number = this.#numbers.get(backend);
    if (number === undefined) this.#numbers.set(backend, (number = this.#last += 1));
    return number;
  }
}

interface Shelf {
  readonly space: CacheSpace;
  readonly path: string;
  readonly answers: KeptAnswer[];
}

/**
 * Answers that are kept in memory. Beyond its size those go first that have not been asked for for longest.
 *
 * Each configuration of an API has a space of its own, so that an answer of a call under way never outlives the
 * configuration under which it was asked for.
 */
export class AnswerCache {
  readonly #maxBytes: number;
  /** Key -> answers, in the order of their last use. */
  readonly #shelves = new Map<string, Shelf>();
  #bytes = 0;
  #lastSpace = 0;

  constructor(maxBytes = MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes of what is kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A space with nothing in it. */
  open(): CacheSpace {
    return new CacheSpace((this.#lastSpace += 1));
  }

  /** The answers under a key, for whoever looks for one. */
  find(key: string): readonly KeptAnswer[] {
    const shelf = this.#shelves.get(key);
    if (shelf === undefined) return [];
    this.#shelves.delete(key);
    this.#shelves.set(key, shelf);
    return shelf.answers;
  }

  /** Keeps an answer, in the place of one to the same request. */
  keep(space: CacheSpace, path: string, key: string, answer: KeptAnswer): void {
    if (space.isClosed || sizeOf(key, answer) > this.#maxBytes) return;
    let shelf = this.#shelves.get(key);
    if (shelf === undefined) {
      shelf = { space, path, answers: [] };
      const keys = space.paths.get(path);
      if (keys === undefined) space.paths.set(path, new Set([key]));
      else keys.add(key);
    }
    const { answers } = shelf;
    const at = answers.findIndex((each) => isSameVariant(each, answer));
    if (at >= 0 || answers.length >= MAX_VARIANTS) {
      for (const gone of answers.splice(Math.max(at, 0), 1)) this.#bytes -= sizeOf(key, gone);
    }
    answers.push(answer);
    this.#bytes += sizeOf(key, answer);
    this.#shelves.delete(key);
    this.#shelves.set(key, shelf);
    for (const oldest of this.#shelves.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#drop(oldest);
    }
  }

  /** Forgets the answers to a path. */
  dropPath(space: CacheSpace, path: string): void {
    for (const key of space.paths.get(path) ?? []) this.#drop(key);
  }

  /** Forgets all answers of a space, for good. */
  close(space: CacheSpace): void {
    space.isClosed = true;
    for (const path of [...space.paths.keys()]) this.dropPath(space, path);
  }

  /** Forgets everything. */
  clear(): void {
    for (const key of [...this.#shelves.keys()]) this.#drop(key);
  }

  #drop(key: string): void {
    const shelf = this.#shelves.get(key);
    if (shelf === undefined) return;
    const { space, path, answers } = shelf;
    this.#shelves.delete(key);
    for (const answer of answers) this.#bytes -= sizeOf(key, answer);
    const keys = space.paths.get(path);
    keys?.delete(key);
    if (keys?.size === 0) space.paths.delete(path);
  }
}

/** What an answer takes besides its texts, roughly. */
const OWN_BYTES = 512;

/** The key holds the path, which is kept once more. */
function sizeOf(key: string, { head, fields, text, varies }: KeptAnswer): number {
  const own = varies.reduce((sum, [name, value = '']) => sum + name.length + value.length, OWN_BYTES);
  return own + 2 * key.length + head.text.length + fields.length + text.length;
}

function isSameVariant(one: KeptAnswer, other: KeptAnswer): boolean {
  return JSON.stringify(one.varies) === JSON.stringify(other.varies);
}
