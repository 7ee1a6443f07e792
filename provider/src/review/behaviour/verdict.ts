import { callErrors } from '@apig/sdk/contract';
import type { OutcomeGroup } from '../model.ts';
import { limitText, type Limit, type SeenOutcome } from './outcome.ts';

type Verdict = OutcomeGroup['verdict'];

/** Answers where there is nothing, as against those to callers who may not. */
const NOT_THERE = callErrors.apiNotPublished.code;

/** What a change means to the caller of one request, and in one line what the change is. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly summary: string;
}

/** Judges two outcomes of one request that differ. */
export function judge(before: SeenOutcome, after: SeenOutcome): Judgement {
  const changes = [
    ...treatment(before, after),
    ...(before.outcome.result === after.outcome.result && isServed(before) && isServed(after)
      ? [...service(before, after), ...limits(before.parts.limits, after.parts.limits)]
      : []),
  ];
  const verdict = changes.reduce<Verdict>((worst, change) => worse(worst, change.verdict), 'neutral');
  const summary =
    changes.length === 0 ? 'another answer' : changes.map((change) => change.summary).join('; ');
  return { verdict, summary };
}

/** Whether requests of a verdict matter more than those of another one. */
export function worse(one: Verdict, other: Verdict): Verdict {
  return RANK.indexOf(one) < RANK.indexOf(other) ? other : one;
}

const RANK: readonly Verdict[] = ['neutral', 'loosening', 'breaking'];

function isServed({ outcome: { result, status } }: SeenOutcome): boolean {
  if (result === 'refused') return false;
  return result !== 'answered' || status === undefined || status < 400;
}

/** From served to refused, and the other way. */
function treatment(before: SeenOutcome, after: SeenOutcome): readonly Judgement[] {
  const [old, planned] = [labelOf(before), labelOf(after)];
  if (old === planned) return [];
  return [{ verdict: verdictOf(before, after), summary: `${old} → ${planned}` }];
}

function verdictOf(before: SeenOutcome, after: SeenOutcome): Verdict {
  const [was, is] = [before.outcome, after.outcome];
  if (isServed(before) && !isServed(after)) return 'breaking';
  if (!isServed(before) && isServed(after)) {
    // What is new takes nothing away and opens nothing that was closed.
    return was.code === NOT_THERE ? 'neutral' : 'loosening';
  }
  if (!isServed(before)) return 'neutral';
  if (is.result === 'depends') return 'breaking';
  if (was.result === 'depends') return 'loosening';
  // An answer of the gateway's own in the place of a backend's, a redirection, another status.
  return 'breaking';
}

function labelOf({ outcome: { result, status, code } }: SeenOutcome): string {
  switch (result) {
    case 'forwarded':
      return 'served';
    case 'depends':
      return 'served, if somebody else agrees';
    case 'answered':
    case 'refused':
      return [status, code].filter((part) => part !== undefined).join(' ');
  }
}

/** What else is different for a request that is served before and after. */
function service(before: SeenOutcome, after: SeenOutcome): readonly Judgement[] {
  const [was, is] = [before.parts, after.parts];
  if (was.api !== is.api)
    return [
      {
        verdict: 'breaking',
        summary: `API ${before.outcome.api ?? 'none'} → API ${after.outcome.api ?? 'none'}`,
      },
    ];
  return [
    ...(was.target !== is.target
      ? [neutral(`backend ${before.outcome.backend ?? 'none'} → ${after.outcome.backend ?? 'none'}`)]
      : was.forwarded !== is.forwarded
        ? [neutral('the backend is asked otherwise')]
        : []),
    ...(was.answer !== is.answer && labelOf(before) === labelOf(after) ? [neutral('another answer')] : []),
    ...(was.signature !== is.signature ? [neutral(signatureSummary(was.signature, is.signature))] : []),
    ...plugins(was.plugins, is.plugins),
  ];
}

function signatureSummary(before: string, after: string): string {
  if (before === '') return 'now signed for the backend';
  return after === '' ? 'no longer signed for the backend' : 'signed for the backend with another key';
}

function plugins(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly Judgement[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name): readonly Judgement[] => {
    const [was, is] = [before.get(name), after.get(name)];
    if (was === is) return [];
    const opens = OPENING.test(name);
    if (was === undefined) return [{ verdict: opens ? 'loosening' : 'neutral', summary: `with ${name}` }];
    const summary = is === undefined ? `without ${name}` : `${name} changes`;
    return [{ verdict: opens ? 'breaking' : 'neutral', summary }];
  });
}

/** What lets scripts of other sites read answers. */
const OPENING = /^(?:cors plug-in |answers to all origins$)/;

function limits(before: readonly Limit[], after: readonly Limit[]): readonly Judgement[] {
  const dimensions = [...new Set([...before, ...after].map(dimensionOf))];
  return dimensions.flatMap((dimension): readonly Judgement[] => {
    const of = (all: readonly Limit[]) => all.filter((limit) => dimensionOf(limit) === dimension);
    const [was, is] = [of(before), of(after)];
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    const text = (all: readonly Limit[]) => (all.length === 0 ? 'none' : all.map(limitText).join(' and '));
    const [old, planned] = [rateOf(was), rateOf(is)];
    const [shared, sharing] = [was, is].map((all) => all.some(({ isShared }) => isShared));
    const verdict =
      planned < old || (planned === old && sharing && !shared)
        ? 'breaking'
        : planned > old || (shared && !sharing)
          ? 'loosening'
          : 'neutral';
    return [{ verdict, summary: `limit ${text(was)} → ${text(is)}` }];
  });
}

/** The gateway's own limit for an API holds where no policy has one. */
function dimensionOf({ dimension }: Limit): string {
  return dimension === 'gateway' ? 'api' : dimension;
}

const SECONDS: Readonly<Record<string, number>> = { SECOND: 1, MINUTE: 60, HOUR: 3600, DAY: 86_400 };

/** Calls in a second that the strictest limit lets pass. */
function rateOf(limits: readonly Limit[]): number {
  return Math.min(
    Infinity,
    ...limits.map(({ calls, interval, unit }) => calls / (interval * (SECONDS[unit.toUpperCase()] ?? 1))),
  );
}

function neutral(summary: string): Judgement {
  return { verdict: 'neutral', summary };
}
