/** What an authorizer found: whether the call may go on, and what it says of the caller. */
export interface Decision {
  readonly isAllowed: boolean;
  readonly context: Readonly<Record<string, string>>;
}

interface Kept {
  readonly decision: Decision;
  readonly untilMs: number;
}

/** Decisions that are kept for one authorizer. Beyond that the oldest goes: callers choose what is asked. */
const MAX_DECISIONS = 10_000;

/** The decisions of authorizers that may be used again. They outlive snapshots. */
export class Decisions {
  /** Authorizer -> what was asked -> the decision. */
  readonly #kept = new Map<string, Map<string, Kept>>();

  /** The decision on what is asked, unless its time is over. */
  get(authorizerId: string, asked: string, nowMs: number): Decision | undefined {
    const found = this.#kept.get(authorizerId)?.get(asked);
    return found !== undefined && nowMs < found.untilMs ? found.decision : undefined;
  }

  keep(authorizerId: string, asked: string, decision: Decision, untilMs: number): void {
    let kept = this.#kept.get(authorizerId);
    if (kept === undefined) this.#kept.set(authorizerId, (kept = new Map<string, Kept>()));
    kept.delete(asked);
    kept.set(asked, { decision, untilMs });
    const [oldest] = kept.keys();
    if (kept.size > MAX_DECISIONS && oldest !== undefined) kept.delete(oldest);
  }

  /** Forgets what an authorizer found: it is another one now, or gone. */
  forget(authorizerId: string): void {
    this.#kept.delete(authorizerId);
  }
}
