/**
 * What the resources of one kind hold in this run of the engine. An object that was found by its name is taken over only
 * if no other resource of the program has it.
 */
export class Claims {
  readonly #names = new Set<string>();
  readonly #managed = new Set<string>();
  readonly #takenOver = new Set<string>();

  /** Reserves a name for a resource that is being created. False when another one has reserved it. */
  reserve(name: string): boolean {
    if (this.#names.has(name)) return false;
    this.#names.add(name);
    return true;
  }

  /** Frees the name of a resource that could not be created. */
  release(name: string): void {
    this.#names.delete(name);
  }

  /** Notes that a resource of the program stands for the object. */
  manage(id: string): void {
    this.#managed.add(id);
  }

  /** Whether a resource of the program stands for the object. */
  isManaged(id: string): boolean {
    return this.#managed.has(id);
  }

  /** Notes that a new resource stands for an object that was there before. */
  takeOver(id: string): void {
    this.#takenOver.add(id);
    this.#managed.add(id);
  }

  /**
   * Whether a new resource has taken the object over. When a resource gets another name in the program, the engine creates
   * the new one and then deletes the old one: the object must stay.
   */
  isTakenOver(id: string): boolean {
    return this.#takenOver.has(id);
  }
}
