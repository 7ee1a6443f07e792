/**
 * Numbers by minute, for as many minutes as are kept. A minute takes the place of the one that is too old, so that
 * nothing has to be cleaned up and the memory never grows.
 */
export class MinuteRing {
  /** The numbers; those of a minute begin where {@link open} says. */
  readonly values: Float64Array;
  readonly #minutes: number;
  readonly #fields: number;
  /** Place -> the minute that has it. */
  readonly #stamps: Float64Array;

  constructor(minutes: number, fields: number) {
    this.#minutes = minutes;
    this.#fields = fields;
    this.values = new Float64Array(minutes * fields);
    this.#stamps = new Float64Array(minutes).fill(-1);
  }

  /** Where the numbers of a minute begin, which are zeros at first; -1 for a minute whose place a later one has. */
  open(minute: number): number {
    const place = minute % this.#minutes;
    const start = place * this.#fields;
    const stamp = this.#stamps[place] ?? -1;
    if (stamp === minute) return start;
    if (stamp > minute) return -1;
    this.#stamps[place] = minute;
    this.values.fill(0, start, start + this.#fields);
    return start;
  }

  /** Everything that it has, which it has no longer: minute -> its numbers. */
  take(): ReadonlyMap<number, Float64Array> {
    const taken = new Map<number, Float64Array>();
    for (const minute of this.minutes(0)) {
      const start = (minute % this.#minutes) * this.#fields;
      taken.set(minute, this.values.slice(start, start + this.#fields));
    }
    this.#stamps.fill(-1);
    return taken;
  }

  /** The minutes from one to another that were opened, oldest first. */
  minutes(from: number, to = Infinity): readonly number[] {
    return [...this.#stamps].filter((minute) => minute >= from && minute <= to && minute >= 0).sort(byNumber);
  }
}

function byNumber(one: number, other: number): number {
  return one - other;
}
