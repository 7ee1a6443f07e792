import type { OutcomeGroup } from '../model.ts';
import { toSnapshot } from './configuration.ts';
import { outcomeOf, type SeenOutcome } from './outcome.ts';
import { AT, textOf, toExplained, type Probe } from './probe.ts';
import type { OwnRuntime } from './runtime.ts';
import { judge, worse } from './verdict.ts';
import type { View } from './view.ts';

/** A request and what becomes of it on both sides. */
export interface Compared {
  readonly probe: Probe;
  readonly before: SeenOutcome;
  readonly after: SeenOutcome;
}

/** Requests that a runtime is asked about at once. */
const BATCH = 4000;

/** Names and requests of a group that are shown. */
const MOST_CALLERS = 30;
const MOST_REQUESTS = 5;

/** Asks what becomes of each request, on both sides. */
export async function comparedBy(
  runtime: OwnRuntime,
  probes: readonly Probe[],
  { before, after }: { readonly before: View; readonly after: View },
): Promise<readonly Compared[]> {
  const snapshots = { before: toSnapshot(before.configured), after: toSnapshot(after.configured) };
  const compared: Compared[] = [];
  for (let at = 0; at < probes.length; at += BATCH) {
    const batch = probes.slice(at, at + BATCH);
    const requests = batch.map(({ request }) => toExplained(request));
    const explain = (snapshot: (typeof snapshots)['before']) =>
      runtime.client.runtime.explain({ requests, snapshot, at: AT, withoutStages: true });
    // One after the other: one process would do them so anyway.
    const old = await explain(snapshots.before);
    const planned = await explain(snapshots.after);
    for (const [index, probe] of batch.entries()) {
      compared.push({
        probe,
        before: outcomeOf(old[index] ?? {}, probe.request, before),
        after: outcomeOf(planned[index] ?? {}, probe.request, after),
      });
    }
  }
  return compared;
}

/** The requests that are treated otherwise, equal changes together, the worst first. */
export function groupsOf(compared: readonly Compared[]): readonly OutcomeGroup[] {
  const groups = new Map<string, { readonly first: OutcomeGroup; readonly members: Probe[] }>();
  for (const { probe, before, after } of compared) {
    if (before.fingerprint === after.fingerprint) continue;
    const { verdict, summary } = judge(before, after);
    const { api, environment } = probe;
    const key = JSON.stringify([verdict, api, environment, summary]);
    const known = groups.get(key);
    if (known !== undefined) {
      known.members.push(probe);
      continue;
    }
    const first: OutcomeGroup = {
      verdict,
      api,
      environment,
      summary,
      callers: [],
      before: before.outcome,
      after: after.outcome,
      requests: [],
      count: 0,
    };
    groups.set(key, { first, members: [probe] });
  }
  return [...groups.values()]
    .map(({ first, members }): OutcomeGroup => {
      const callers = [...new Set(members.map(({ caller }) => caller))];
      const requests = [...new Set(members.map(({ request }) => textOf(request)))];
      return {
        ...first,
        callers: shortened(callers, MOST_CALLERS),
        requests: shortened(requests, MOST_REQUESTS),
        count: members.length,
      };
    })
    .sort(
      (one, other) =>
        orderOf(one, other) ||
        compareTexts(one.api, other.api) ||
        compareTexts(one.environment, other.environment) ||
        compareTexts(one.summary, other.summary),
    );
}

function orderOf({ verdict: one }: OutcomeGroup, { verdict: other }: OutcomeGroup): number {
  if (one === other) return 0;
  return worse(one, other) === one ? -1 : 1;
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function shortened(texts: readonly string[], most: number): readonly string[] {
  return texts.length <= most ? texts : [...texts.slice(0, most), `and ${String(texts.length - most)} more`];
}
