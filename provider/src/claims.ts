/**
 * What the resources of one kind hold in this run of the engine, so that two of them never share an object, and that the
 * end of one takes nothing away from another.
 */
export class Claims {
  readonly #known = new Set<string>();
  readonly #reserved = new Set<string>();
  readonly #takenOver = new Set<string>();
  readonly #held = new Map<string, Set<string>>();

  /** Notes the name of an object that a resource of the program had before this run. */
  know(name: string): void {
    this.#known.add(name);
  }

  /** Whether a resource of the program had an object of that name before this run. */
  isKnown(name: string): boolean {
    return this.#known.has(name);
  }

  /** Reserves a name for a resource that is being created. False when another one has reserved it. */
  reserve(name: string): boolean {
    if (this.#reserved.has(name)) return false;
    this.#reserved.add(name);
    return true;
  }

  /** Frees the name of a resource that could not be created. */
  release(name: string): void {
    this.#reserved.delete(name);
  }

  /** Notes that a new resource stands for an object that was there before. */
  takeOver(id: string): void {
    this.#takenOver.add(id);
  }

  /**
   * Whether a new resource has taken the object over. When a resource gets another name in the program, the engine creates
   * the new one and then deletes the old one: the object must stay.
   */
  isTakenOver(id: string): boolean {
    return this.#takenOver.has(id);
  }

  /** Notes parts that a resource is to have. IDs of ties are made of what they tie, so that several resources have one. */
  hold(id: string, parts: readonly string[]): void {
    this.#held.set(id, new Set([...(this.#held.get(id) ?? []), ...parts]));
  }

  /** Those of the parts that no resource is to have. */
  free(id: string, parts: readonly string[]): readonly string[] {
    const held = this.#held.get(id);
    return held === undefined ? parts : parts.filter((part) => !held.has(part));
  }
}
