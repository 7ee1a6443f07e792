import type { PluginContent } from '@apig/sdk/contract';
import type { PluginDeed } from '../../statistics.ts';
import { fromFields } from '../fields.ts';
import type { Outbound } from '../outbound.ts';
import type { SideCalls } from '../side-call.ts';

/** Copies of all plug-ins of a thread that may be under way; more are not made. */
const MAX_UNDER_WAY = 128;

/** Answers to copies are read, as they keep connections, and thrown away; longer ones are broken off. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Where copies of requests go. */
export interface MirrorPlan {
  readonly origin: string;
  /** The path of a copy, from that of the request. */
  readonly toPath: (path: string) => string;
  readonly timeoutMs: number;
  /** Whether the next request is copied. */
  readonly takesNext: () => boolean;
  readonly note: (deed: PluginDeed) => void;
}

/** Works out a plug-in of type `proxy_mirror`. Source: API reference, "Creating a Plug-in". */
export function compileProxyMirror(
  {
    protocol,
    host,
    path,
    path_concat_mode: mode,
    sample_ratio: ratio,
    timeout,
  }: PluginContent<'proxy_mirror'>,
  note: MirrorPlan['note'],
): MirrorPlan {
  const base = path ?? '';
  // Every part is owed, and a request is copied when a whole one is: exactly the share, evenly spread.
  let owed = 0;
  return {
    origin: `${protocol.toLowerCase()}://${host}`,
    toPath:
      base === ''
        ? (own) => own
        : mode === 'replace'
          ? () => base
          : (own) => (base.endsWith('/') ? base.slice(0, -1) : base) + own,
    timeoutMs: timeout,
    takesNext: () => {
      owed += ratio;
      if (owed < 1 - 1e-9) return false;
      owed -= 1;
      return true;
    },
    note,
  };
}

/** Copies under way. */
export class Mirrors {
  #underWay = 0;

  /**
   * Sends a copy of a request as its backend gets it, but for a signature. Nobody waits for it, and what becomes of it
   * is counted only.
   */
  send({ origin, toPath, timeoutMs, note }: MirrorPlan, outbound: Outbound, sideCalls: SideCalls): void {
    if (this.#underWay >= MAX_UNDER_WAY) {
      note('mirror_dropped');
      return;
    }
    const { method, target, fields, body } = outbound;
    const queryAt = target.indexOf('?');
    const path = queryAt < 0 ? target : target.slice(0, queryAt);
    const query = queryAt < 0 ? '' : target.slice(queryAt);
    this.#underWay += 1;
    sideCalls
      .send({
        url: `${origin}${toPath(path)}${query}`,
        method,
        head: fromFields(fields).flat(),
        ...(body instanceof Uint8Array && { body }),
        timeoutMs,
        maxBytes: MAX_ANSWER_BYTES,
      })
      .then(
        () => note('mirror_sent'),
        () => note('mirror_failed'),
      )
      .finally(() => {
        this.#underWay -= 1;
      });
  }
}
