import type { Effect, Operation, Reach, ResourceChange, Review, Verdict } from './model.ts';

/*
 * What every form of output says in the same words.
 */

/** Effects of one cause on several APIs. */
export interface EffectGroup extends Omit<Effect, 'api' | 'environment'> {
  readonly apis: readonly string[];
  readonly environments: readonly string[];
}

/** Puts effects of one cause together, the worst first. */
export function groupEffects(effects: readonly Effect[]): readonly EffectGroup[] {
  const groups = new Map<string, { effect: Effect; apis: Set<string>; environments: Set<string> }>();
  for (const effect of effects) {
    const { kind, policy, because, verdict } = effect;
    const key = JSON.stringify([kind, policy, because, verdict]);
    const group = groups.get(key) ?? { effect, apis: new Set(), environments: new Set() };
    group.apis.add(effect.api);
    group.environments.add(effect.environment);
    groups.set(key, group);
  }
  return [...groups.values()]
    .map(({ effect: { kind, policy, because, verdict }, apis, environments }) => ({
      kind,
      policy,
      because,
      verdict,
      apis: [...apis],
      environments: [...environments],
    }))
    .sort((a, b) => rankOf(b.verdict) - rankOf(a.verdict));
}

/** How bad a verdict is: the higher the worse. */
export function rankOf(verdict: Verdict): number {
  return ['none', 'neutral', 'loosening', 'breaking'].indexOf(verdict);
}

/** What a verdict says, in a sentence without its end. */
export function explainVerdict({ verdict, outcomes, resources }: Review): string {
  if (resources.length === 0) return 'nothing changes';
  const isCompared = outcomes !== undefined;
  switch (verdict) {
    case 'none':
      return 'no request is treated otherwise';
    case 'neutral':
      return isCompared
        ? 'requests are treated otherwise, and nobody loses or gains access'
        : 'nobody loses or gains access by it';
    case 'loosening':
      return isCompared ? 'open to more callers than before' : 'it may be open to more callers than before';
    case 'breaking':
      return isCompared
        ? 'callers who were served are refused, or served by something else'
        : 'callers who were served may be refused, or served by something else';
  }
}

const WORDS: Readonly<Record<Operation, string>> = {
  create: 'created',
  import: 'imported',
  update: 'updated',
  replace: 'replaced',
  delete: 'deleted',
  same: 'unchanged',
  read: 'read',
};

/** `3 updated, 1 deleted`. */
export function countOperations(resources: readonly ResourceChange[]): string {
  return Object.entries(WORDS)
    .map(
      ([operation, word]) => [resources.filter((each) => each.operation === operation).length, word] as const,
    )
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${thousands(count)} ${word}`)
    .join(', ');
}

/** Resources with what is likely to hurt first: replaced, deleted, updated, created. */
export function byWeight(resources: readonly ResourceChange[]): readonly ResourceChange[] {
  const order: readonly Operation[] = ['replace', 'delete', 'update', 'import', 'create'];
  return resources.toSorted((a, b) => order.indexOf(a.operation) - order.indexOf(b.operation));
}

/** Everybody whom one of the resources reaches. */
export function everybody(resources: readonly ResourceChange[]): Reach {
  const all = (name: keyof Reach) => [...new Set(resources.flatMap(({ reaches }) => reaches[name]))].sort();
  return { apis: all('apis'), apps: all('apps'), domains: all('domains') };
}

/** `8 APIs, 1 app, 1 domain`; empty for nobody. */
export function countReach({ apis, apps, domains }: Reach): string {
  return [counted(apis.length, 'API'), counted(apps.length, 'app'), counted(domains.length, 'domain')]
    .filter((text) => text !== '')
    .join(', ');
}

/** `1 request`, `2 requests`; empty for none. */
export function counted(count: number, word: string): string {
  return count === 0 ? '' : `${thousands(count)} ${word}${count === 1 ? '' : 's'}`;
}

/** The number of things of each verdict, the worst first: `1 breaking, 2 neutral`. */
export function countVerdicts(things: readonly { readonly verdict: Verdict }[]): string {
  return (['breaking', 'loosening', 'neutral'] as const)
    .map((verdict) => [things.filter((each) => each.verdict === verdict).length, verdict] as const)
    .filter(([count]) => count > 0)
    .map(([count, verdict]) => `${thousands(count)} ${verdict}`)
    .join(', ');
}

const KINDS: Readonly<Record<Effect['kind'], string>> = {
  published: 'published',
  republished: 'published anew',
  offline: 'goes offline',
  policyGained: 'gains',
  policyLost: 'loses',
  policyChanged: 'changes',
};

/** What happens: `loses throttle gold`, `throttle gold changes`. */
export function effectInWords({ kind, policy }: Pick<Effect, 'kind' | 'policy'>): string {
  if (policy === undefined) return KINDS[kind];
  return kind === 'policyChanged' ? `${policy} ${KINDS[kind]}` : `${KINDS[kind]} ${policy}`;
}

/** Number of APIs that an event of a kind happens to. */
export function countEffects(effects: readonly Effect[], kinds: readonly Effect['kind'][]): string {
  return kinds
    .map((kind) => [effects.filter((effect) => effect.kind === kind).length, kind] as const)
    .filter(([count]) => count > 0)
    .map(([count, kind]) => `${thousands(count)} ${COUNTED[kind]}`)
    .join(', ');
}

const COUNTED: Readonly<Record<Effect['kind'], string>> = {
  published: 'published',
  republished: 'published anew',
  offline: 'offline',
  policyGained: 'gained',
  policyLost: 'lost',
  policyChanged: 'changed',
};

/** `20 → 5`; of sets the entries that go and come. */
export function valuesInWords(before: string | undefined, after: string | undefined): string {
  const entries = [before, after].filter((text) => text !== undefined && /^[−+] /.test(text));
  return entries.length > 0 ? entries.join(', ') : `${before ?? 'none'} → ${after ?? 'none'}`;
}

/** A number with commas between thousands. */
export function thousands(count: number): string {
  return count.toLocaleString('en-US');
}
