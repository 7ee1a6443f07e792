/**
 * The count of calls in the present window of time. Windows are fixed: they begin at multiples of their length since
 * the epoch, nothing is carried over.
 */
export class CallWindow {
  /** All calls. */
  total = 0;
  /** Account -> calls. */
  readonly users = new Map<string, number>();
  /** App id -> calls. */
  readonly apps = new Map<string, number>();
  /** Address of a caller -> calls. */
  readonly addresses = new Map<string, number>();
  #startSeconds = -1;

  /** Starts from zero if the moment is in another window than the last one. */
  enter(nowMs: number, lengthSeconds: number): void {
    const seconds = Math.floor(nowMs / 1000);
    const startSeconds = seconds - (seconds % lengthSeconds);
    if (startSeconds === this.#startSeconds) return;
    this.#startSeconds = startSeconds;
    this.total = 0;
    this.users.clear();
    this.apps.clear();
    this.addresses.clear();
  }
}

/** The count of calls in the present cycle of a quota. */
export class CallCycle {
  total = 0;
  #startMs = Number.NEGATIVE_INFINITY;

  /** Starts from zero if the moment is in another cycle than the last one. False before the first cycle. */
  enter(nowMs: number, lengthMs: number, resetMs: number | undefined): boolean {
    if (resetMs !== undefined && nowMs < resetMs) return false;
    const isOver = nowMs >= this.#startMs + lengthMs;
    const startMs =
      resetMs === undefined
        ? isOver
          ? nowMs
          : this.#startMs
        : resetMs + Math.floor((nowMs - resetMs) / lengthMs) * lengthMs;
    if (startMs !== this.#startMs) this.total = 0;
    this.#startMs = startMs;
    return true;
  }
}

/**
 * All counts, by the ids of what is counted. They are no part of a snapshot: a change of the configuration must not
 * give anybody a second portion.
 */
export class Counters {
  readonly #windows = new Map<string, CallWindow>();
  readonly #cycles = new Map<string, CallCycle>();

  /** Calls of a group's debug domain. */
  debugDomain(groupId: string): CallWindow {
    return this.#window(`debug/${groupId}`);
  }

  /** Calls of an API in all environments. */
  api(apiId: string): CallWindow {
    return this.#window(`api/${apiId}`);
  }

  /** Calls under a policy: of one API in one environment, or of all APIs that it is bound to. */
  policy(key: string): CallWindow {
    return this.#window(`policy/${key}`);
  }

  /** Calls of an app under a quota. */
  quota(quotaId: string, appId: string): CallCycle {
    const key = `${quotaId}/${appId}`;
    let cycle = this.#cycles.get(key);
    if (cycle === undefined) this.#cycles.set(key, (cycle = new CallCycle()));
    return cycle;
  }

  /** Counts of a plug-in: its ID, then what tells them apart. */
  plugin(key: string): CallWindow {
    return this.#window(`plugin/${key}`);
  }

  /** Forgets what is counted for nobody any more. */
  sweep(live: {
    readonly groups: ReadonlySet<string>;
    readonly apis: ReadonlySet<string>;
    readonly policies: ReadonlySet<string>;
    /** Quota and app, joined by a slash. */
    readonly quotas: ReadonlySet<string>;
    readonly plugins: ReadonlySet<string>;
  }): void {
    for (const key of this.#cycles.keys()) if (!live.quotas.has(key)) this.#cycles.delete(key);
    for (const key of this.#windows.keys()) {
      const id = key.slice(key.indexOf('/') + 1);
      const isLive = key.startsWith('plugin/')
        ? live.plugins.has(id.slice(0, id.indexOf('/')))
        : (key.startsWith('debug/') ? live.groups : key.startsWith('api/') ? live.apis : live.policies).has(
            id,
          );
      if (!isLive) this.#windows.delete(key);
    }
  }

  /** Number of counts that are kept. */
  get size(): number {
    return this.#windows.size + this.#cycles.size;
  }

  #window(key: string): CallWindow {
    let window = this.#windows.get(key);
    if (window === undefined) this.#windows.set(key, (window = new CallWindow()));
    return window;
  }
}
