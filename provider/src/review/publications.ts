import type { Examined } from './examined.ts';
import type { Graph } from './graph.ts';
import { judgeFields, type Judgement } from './judge.ts';
import type { Effect, FieldChange } from './model.ts';
import { overlaps } from './overlap.ts';
import type { Step } from './plan.ts';
import { fieldsInWords, titleOf, whatBecomesOf } from './reasons.ts';

/** API and environment, as keys of graphs. */
export interface Place {
  readonly api: string;
  readonly environment: string;
}

/** An API in force in an environment. */
export interface Publication extends Place {
  readonly deployment: string;
}

/** Everything that is in force on one side, each publication once. */
export function publicationsOf(graph: Graph): ReadonlyMap<string, Publication> {
  const found = new Map<string, Publication>();
  for (const deployment of graph.keysOf('deployment'))
    for (const api of graph.targets(deployment, 'apiId'))
      for (const environment of graph.targets(deployment, 'environmentId'))
        found.set(JSON.stringify([api, environment]), { api, environment, deployment });
  return found;
}

/** The APIs that are published, published anew, or go offline. */
export function publicationEffects(examined: Examined): readonly Effect[] {
  const { before, after, changes, labelOf } = examined;
  const [old, now] = [publicationsOf(before), publicationsOf(after)];
  const effects: Effect[] = [];
  for (const [key, publication] of now) {
    const { api, environment, deployment } = publication;
    const at = { api: labelOf(api), environment: labelOf(environment), policy: undefined };
    const step = after.stepOf(deployment);
    if (step === undefined) continue;
    if (!old.has(key)) {
      const because = whatBecomesOf(step);
      effects.push({
        kind: 'published',
        ...at,
        because,
        verdict: judgePublished(examined, publication, now),
      });
      continue;
    }
    if (step.operation === 'same' || step.operation === 'read') continue;
    effects.push({
      kind: 'republished',
      ...at,
      because: whyAnew(step, after.stepOf(api), changes),
      verdict: judgeAnew(step, after.stepOf(api), changes),
    });
  }
  for (const [key, { api, environment, deployment }] of old) {
    const step = before.stepOf(deployment);
    if (now.has(key) || step === undefined) continue;
    effects.push({
      kind: 'offline',
      api: labelOf(api),
      environment: labelOf(environment),
      policy: undefined,
      because: whatBecomesOf(step),
      verdict: 'breaking',
    });
  }
  return effects;
}

/** A new API opens something, and may take the calls of another one. */
function judgePublished(
  { plan, after }: Examined,
  { api, environment }: Publication,
  now: ReadonlyMap<string, Publication>,
): Judgement {
  const definition = after.stateOf(api)?.inputs;
  const [group] = after.targets(api, 'groupId');
  if (definition === undefined || group === undefined) return 'breaking';
  if (!plan.isWhole && after.stepOf(group)?.operation !== 'create') return 'breaking';
  const rivals = after
    .users(group, 'api', 'groupId')
    .filter((other) => other !== api && now.has(JSON.stringify([other, environment])))
    // An API that is new as well takes nobody's calls from before.
    .filter((other) => after.stepOf(other)?.operation !== 'create');
  return rivals.some((other) => overlaps(definition, after.stateOf(other)?.inputs ?? {}))
    ? 'breaking'
    : 'loosening';
}

function whyAnew(step: Step, api: Step | undefined, changes: Examined['changes']): string {
  const own = changes.get(step.urn) ?? [];
  const definition = api === undefined ? [] : (changes.get(api.urn) ?? []);
  if (api?.operation === 'replace')
    return `${whatBecomesOf(api)}${because(definition.filter(({ replaces }) => replaces))}`;
  if (own.some(({ path }) => path === 'apiDigest') && definition.length > 0) return fieldsInWords(definition);
  const named = own.filter(({ path }) => path !== 'apiDigest');
  return named.length > 0 ? `${titleOf(step)}: ${fieldsInWords(named)}` : 'another definition of the API';
}

function judgeAnew(step: Step, api: Step | undefined, changes: Examined['changes']): Judgement {
  if (step.operation === 'replace') return 'breaking';
  const own = changes.get(step.urn) ?? [];
  const isPinned = own.some(({ path }) => path === 'version');
  const isOther = own.length === 0 || own.some(({ path }) => path !== 'remark' && path !== 'apiDigest');
  if (isPinned || isOther) return 'breaking';
  if (!own.some(({ path }) => path === 'apiDigest')) return 'neutral';
  const definition = api === undefined ? [] : (changes.get(api.urn) ?? []);
  return api === undefined || definition.length === 0 ? 'breaking' : judgeFields(api, definition);
}

/** Who may call, and the authorizer that is asked: part of a definition, and in force with it. */
export function definitionEffects(
  { after, before, changes, labelOf }: Examined,
  publications: readonly Effect[],
): readonly Effect[] {
  const anew = publications.filter(({ kind }) => kind === 'republished');
  const effects: Effect[] = [];
  for (const key of after.keysOf('api')) {
    const step = after.stepOf(key);
    const places = anew.filter(({ api }) => api === labelOf(key));
    if (step === undefined || places.length === 0) continue;
    const definition = changes.get(key) ?? [];
    const authentication = definition.filter(
      ({ path }) => path === 'authentication' || path === 'allowAppCode',
    );
    const [old] = before.targets(key, 'authorizerId');
    const [now] = after.targets(key, 'authorizerId');
    for (const { api, environment } of places) {
      if (authentication.length > 0)
        effects.push({
          kind: 'policyChanged',
          api,
          environment,
          policy: 'authentication',
          because: fieldsInWords(authentication),
          verdict: judgeFields({ ...step, operation: 'update' }, authentication),
        });
      const labels = [old && `authorizer ${labelOf(old)}`, now && `authorizer ${labelOf(now)}`];
      if (old !== now)
        effects.push({
          kind: old === undefined ? 'policyGained' : now === undefined ? 'policyLost' : 'policyChanged',
          api,
          environment,
          policy: labels.filter(Boolean).join(' → '),
          because: whatBecomesOf(step),
          verdict: 'breaking',
        });
    }
  }
  return effects;
}

function because(fields: readonly FieldChange[]): string {
  return fields.length === 0 ? '' : `: ${fieldsInWords(fields)}`;
}
