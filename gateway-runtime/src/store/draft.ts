import { isDeepStrictEqual } from 'node:util';
import {
  keyOf,
  type Bodies,
  type Change,
  type ConfigurationReader,
  type Stored,
  type StoredKind,
  valueOf,
} from './configuration.ts';

/** A configuration that is being changed: reads see the changes, nobody else does until they are applied. */
export class Draft implements ConfigurationReader {
  readonly #base: ConfigurationReader;
  /** Time of the write, RFC 3339 in UTC with milliseconds. */
  readonly now: string;
  readonly #overlay = new Map<StoredKind, Overlay>();
  #size = 0;

  constructor(base: ConfigurationReader, now: string) {
    this.#base = base;
    this.now = now;
  }

  /** How many objects were written, also those that are what they were. */
  get size(): number {
    return this.#size;
  }

  get<K extends StoredKind>(kind: K, key: string): Stored<K> | undefined {
    const overlay = this.#overlay.get(kind);
    return overlay?.objects.has(key) === true
      ? (overlay.objects.get(key) as Stored<K> | undefined)
      : this.#base.get(kind, key);
  }

  all<K extends StoredKind>(kind: K): readonly Stored<K>[] {
    const overlay = this.#overlay.get(kind);
    const base = this.#base.all(kind);
    return overlay === undefined ? base : merge(base, overlay, overlay.objects.keys(), () => true);
  }

  by<K extends StoredKind>(kind: K, field: keyof Bodies[K] & string, value: string): readonly Stored<K>[] {
    const overlay = this.#overlay.get(kind);
    const base = this.#base.by(kind, field, value);
    if (overlay === undefined) return base;
    return merge(base, overlay, keysOf(overlay, field, value), ({ body }) => body[field] === value);
  }

  count<K extends StoredKind>(kind: K, field: keyof Bodies[K] & string, value: string): number {
    const count = this.#base.count(kind, field, value);
    const overlay = this.#overlay.get(kind);
    if (overlay === undefined) return count;
    let hidden = 0;
    for (const key of overlay.known) {
      if (this.#base.get(kind, key)?.body[field] === value) hidden += 1;
    }
    return count - hidden + keysOf(overlay, field, value).size;
  }

  /** Stores an object, new or changed. An object that stays what it was is left alone, with its times. */
  put<K extends StoredKind>(kind: K, id: string, body: Bodies[K]): Stored<K> {
    // What is stored is JSON: a field that is undefined is a field that is not there.
    const plain = JSON.parse(JSON.stringify(body)) as Bodies[K];
    const object: Stored<K> = { kind, id, body: plain, createdAt: this.now, updatedAt: this.now };
    const key = keyOf(object);
    const before = this.get(kind, key);
    if (before !== undefined && isDeepStrictEqual(before.body, plain)) return before;
    const stored = before === undefined ? object : { ...object, createdAt: before.createdAt };
    this.#write(kind, key, stored);
    return stored;
  }

  /** Stores an object as it is, with its times. */
  restore(object: Stored): void {
    this.#write(object.kind, keyOf(object), object);
  }

  /** Takes over what another draft of the same base changes. */
  take(changes: readonly Change[]): void {
    for (const { kind, key, after } of changes) this.#write(kind, key, after);
  }

  /** Removes an object; nothing happens when it is not there. */
  remove(object: Stored): void {
    this.#write(object.kind, keyOf(object), undefined);
  }

  /** What differs from the base. Objects of one kind come in the order in which they were first written. */
  changes(): readonly Change[] {
    const changes: Change[] = [];
    for (const [kind, { objects }] of this.#overlay) {
      for (const [key, after] of objects) {
        const before = this.#base.get(kind, key);
        if (before === after || isDeepStrictEqual(before, after)) continue;
        changes.push({ kind, key, ...(before && { before }), ...(after && { after }) });
      }
    }
    return changes;
  }

  #write(kind: StoredKind, key: string, object: Stored | undefined): void {
    let overlay = this.#overlay.get(kind);
    if (overlay === undefined) {
      overlay = { objects: new Map(), known: new Set(), indexes: new Map() };
      this.#overlay.set(kind, overlay);
    }
    const { objects, known, indexes } = overlay;
    if (!objects.has(key)) this.#size += 1;
    if (this.#base.get(kind, key) !== undefined) known.add(key);
    const before = objects.get(key);
    objects.set(key, object);
    for (const [field, index] of indexes) {
      const [old, value] = [valueOf(before, field), valueOf(object, field)];
      if (old === value) continue;
      if (old !== undefined) index.get(old)?.delete(key);
      if (value !== undefined) enter(index, value, key);
    }
  }
}

/** What a draft has of one kind. */
interface Overlay {
  /** Key to the object as it is now, or undefined when it was removed. */
  readonly objects: Map<string, Stored | undefined>;
  /** Keys of those that the base had when they were written. */
  readonly known: Set<string>;
  /** Field to value to the keys of those that have it; a field is there once it was asked for. */
  readonly indexes: Map<string, Map<string, Set<string>>>;
}

const NO_KEYS: ReadonlySet<string> = new Set();

/** Keys of the written objects that have a value in a field. */
function keysOf({ objects, indexes }: Overlay, field: string, value: string): ReadonlySet<string> {
  let index = indexes.get(field);
  if (index === undefined) {
    index = new Map<string, Set<string>>();
    for (const [key, object] of objects) {
      const own = valueOf(object, field);
      if (own !== undefined) enter(index, own, key);
    }
    indexes.set(field, index);
  }
  return index.get(value) ?? NO_KEYS;
}

function enter(index: Map<string, Set<string>>, value: string, key: string): void {
  const keys = index.get(value);
  if (keys === undefined) index.set(value, new Set([key]));
  else keys.add(key);
}

/** Objects of a base, in their places, as they are in an overlay; and after them those that only the overlay has. */
function merge<K extends StoredKind>(
  base: readonly Stored<K>[],
  { objects, known }: Overlay,
  keys: Iterable<string>,
  matches: (object: Stored<K>) => boolean,
): readonly Stored<K>[] {
  const merged: Stored<K>[] = [];
  const placed = new Set<string>();
  if (known.size === 0) merged.push(...base);
  for (const object of known.size === 0 ? [] : base) {
    const key = keyOf(object);
    const now = objects.has(key) ? (objects.get(key) as Stored<K> | undefined) : object;
    placed.add(key);
    if (now !== undefined && matches(now)) merged.push(now);
  }
  for (const key of keys) {
    const object = objects.get(key) as Stored<K> | undefined;
    if (object !== undefined && !placed.has(key)) merged.push(object);
  }
  return merged;
}
