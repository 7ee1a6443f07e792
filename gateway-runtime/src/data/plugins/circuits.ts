/** What came of a call, as far as a circuit judges it. */
export interface CallOutcome {
  readonly status: number;
  readonly responseMs: number | undefined;
  readonly isTimeout: boolean;
}

/** When a circuit opens, and for how long. */
export interface CircuitSettings {
  readonly isUnhealthy: (outcome: CallOutcome) => boolean;
  readonly windowMs: number;
  readonly openMs: number;
  /** Unhealthy calls in a window that open it at once. */
  readonly threshold?: number;
  /** Share of unhealthy calls, of at least `minCalls`, that opens it at the end of a window. */
  readonly percentage?: number;
  readonly minCalls?: number;
}

/**
 * A circuit to a backend: closed, or open for some time.
 *
 * A window begins with the first call after the circuit closed or after the last window ended. With a threshold the
 * circuit opens as soon as that many calls of the window were unhealthy; with a percentage when the window has ended.
 * After its time an open circuit is closed, and counts from zero.
 *
 * Source: user guide, "Configuring a Circuit Breaker Policy".
 */
export class Circuit {
  settings: CircuitSettings;
  #openUntilMs = -Infinity;
  #windowEndMs = -Infinity;
  #calls = 0;
  #unhealthy = 0;

  constructor(settings: CircuitSettings) {
    this.settings = settings;
  }

  isOpen(nowMs: number): boolean {
    this.#endWindow(nowMs);
    return nowMs < this.#openUntilMs;
  }

  /** Counts a call that went through. */
  note(outcome: CallOutcome, nowMs: number): void {
    this.#endWindow(nowMs);
    // It was under way when the circuit opened.
    if (nowMs < this.#openUntilMs) return;
    const { windowMs, openMs, threshold, isUnhealthy } = this.settings;
    if (this.#calls === 0) this.#windowEndMs = nowMs + windowMs;
    this.#calls += 1;
    if (isUnhealthy(outcome)) this.#unhealthy += 1;
    if (threshold !== undefined && this.#unhealthy >= threshold) this.#open(nowMs + openMs);
  }

  #endWindow(nowMs: number): void {
    if (this.#calls === 0 || nowMs < this.#windowEndMs) return;
    const { percentage, minCalls = 1, openMs } = this.settings;
    const isBad =
      percentage !== undefined &&
      this.#calls >= minCalls &&
      this.#unhealthy * 100 >= percentage * this.#calls;
    if (isBad) this.#open(this.#windowEndMs + openMs);
    else this.#reset();
  }

  #open(untilMs: number): void {
    this.#openUntilMs = untilMs;
    this.#reset();
  }

  #reset(): void {
    this.#calls = 0;
    this.#unhealthy = 0;
  }
}

/** All circuits, by plug-in. They outlive snapshots, so that a change of the configuration closes none. */
export class Circuits {
  readonly #circuits = new Map<string, Circuit>();

  /** The circuit of that key: ID of the plug-in, then what tells its circuits apart. */
  get(key: string, settings: CircuitSettings): Circuit {
    const known = this.#circuits.get(key);
    if (known !== undefined) {
      known.settings = settings;
      return known;
    }
    const circuit = new Circuit(settings);
    this.#circuits.set(key, circuit);
    return circuit;
  }

  /** Forgets the circuits of a plug-in: it is another one now, or gone. */
  forget(pluginId: string): void {
    for (const key of this.#circuits.keys()) {
      if (key.startsWith(`${pluginId}/`)) this.#circuits.delete(key);
    }
  }
}
