import { isDeepStrictEqual } from 'node:util';
import {
  keyOf,
  type Bodies,
  type Change,
  type ConfigurationReader,
  type Stored,
  type StoredKind,
} from './configuration.ts';

/** A configuration that is being changed: reads see the changes, nobody else does until they are applied. */
export class Draft implements ConfigurationReader {
  readonly #base: ConfigurationReader;
  /** Time of the write, RFC 3339 in UTC with milliseconds. */
  readonly now: string;
  /** Kind to key to the object as it is now, or undefined when it was removed. */
  readonly #overlay = new Map<StoredKind, Map<string, Stored | undefined>>();

  constructor(base: ConfigurationReader, now: string) {
    this.#base = base;
    this.now = now;
  }

  /** How many objects were written, also those that are what they were. */
  get size(): number {
    return [...this.#overlay.values()].reduce((sum, { size }) => sum + size, 0);
  }

  get<K extends StoredKind>(kind: K, key: string): Stored<K> | undefined {
    const overlay = this.#overlay.get(kind);
    return overlay?.has(key) === true
      ? (overlay.get(key) as Stored<K> | undefined)
      : this.#base.get(kind, key);
  }

  all<K extends StoredKind>(kind: K): readonly Stored<K>[] {
    return this.#merge(kind, this.#base.all(kind), () => true);
  }

  by<K extends StoredKind>(kind: K, field: keyof Bodies[K] & string, value: string): readonly Stored<K>[] {
    return this.#merge(kind, this.#base.by(kind, field, value), ({ body }) => body[field] === value);
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
    for (const [kind, objects] of this.#overlay) {
      for (const [key, after] of objects) {
        const before = this.#base.get(kind, key);
        if (before === after || isDeepStrictEqual(before, after)) continue;
        changes.push({ kind, key, ...(before && { before }), ...(after && { after }) });
      }
    }
    return changes;
  }

  #write(kind: StoredKind, key: string, object: Stored | undefined): void {
    const objects = this.#overlay.get(kind) ?? new Map<string, Stored | undefined>();
    this.#overlay.set(kind, objects.set(key, object));
  }

  #merge<K extends StoredKind>(
    kind: K,
    base: readonly Stored<K>[],
    matches: (object: Stored<K>) => boolean,
  ): readonly Stored<K>[] {
    const overlay = this.#overlay.get(kind) as ReadonlyMap<string, Stored<K> | undefined> | undefined;
    if (overlay === undefined) return base;
    const merged = new Map(base.map((object) => [keyOf(object), object]));
    for (const [key, object] of overlay) {
      if (object !== undefined && matches(object)) merged.set(key, object);
      else merged.delete(key);
    }
    return [...merged.values()];
  }
}
