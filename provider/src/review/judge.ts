import type { Kind } from '@apig/sdk/contract';
import type { BindingKind } from './hits.ts';
import type { FieldChange, Verdict } from './model.ts';
import type { Step } from './plan.ts';

/*
 * What a change means to callers as far as the plan alone tells. Where it does not tell, the worse is said: a review may
 * warn of what turns out harmless, and never the other way round.
 */

/** A verdict on something that does change. */
export type Judgement = Exclude<Verdict, 'none'>;

/** The worse of two verdicts. */
export function worse<V extends Verdict>(one: V, other: V): V {
  return SEVERITY.indexOf(one) >= SEVERITY.indexOf(other) ? one : other;
}

const SEVERITY: readonly Verdict[] = ['none', 'neutral', 'loosening', 'breaking'];

/** Judges an object that acts on calls and gets other values. */
export function judgeFields(step: Step, changes: readonly FieldChange[]): Judgement {
  if (step.operation === 'replace') return step.kind === 'gatewayResponse' ? 'neutral' : 'breaking';
  return changes
    .map((change) => judgeField(step, change))
    .reduce<Judgement>((sum, each) => worse(sum, each), 'neutral');
}

/** Judges a policy or app that is bound to a published API, or no longer. `type` is that of a plug-in. */
export function judgeTie(kind: BindingKind, event: 'gained' | 'lost' | 'changed', type?: unknown): Judgement {
  if (event === 'changed') return 'breaking';
  if (kind === 'appAuthorization') return event === 'gained' ? 'loosening' : 'breaking';
  const isLimit =
    kind === 'throttleBinding' ||
    kind === 'aclBinding' ||
    (kind === 'pluginAttachment' && type === 'rate_limit');
  return event === 'lost' && isLimit ? 'loosening' : 'breaking';
}

/** Judges an object that acts on calls by itself and that comes or goes. */
export function judgeObject(kind: Kind, event: 'gained' | 'lost'): Judgement {
  const [gained, lost] = COMING_AND_GOING[kind] ?? ['breaking', 'breaking'];
  return event === 'gained' ? gained : lost;
}

const COMING_AND_GOING: Partial<Record<Kind, readonly [Judgement, Judgement]>> = {
  appCode: ['loosening', 'breaking'],
  appAcl: ['breaking', 'loosening'],
  appQuotaBinding: ['breaking', 'loosening'],
  domain: ['loosening', 'breaking'],
  gatewayResponse: ['neutral', 'neutral'],
  environmentVariable: ['neutral', 'breaking'],
};

/** Says nothing to callers, whatever has it. */
const DOCUMENTATION =
  /(?:^|\.)(?:remark|sampleValue|bodyRemark|successSample|failureSample|tags(?:\[.*)?|visibility)$/;

/** Fields of a kind that calls do not meet. */
const UNSEEN: Partial<Record<Kind, RegExp>> = {
  api: /^(?:name|version|(?:http|mock)Backend\.version)$/,
  apiGroup: /^name$/,
  app: /^name$/,
  acl: /^name$/,
  throttle: /^name$/,
  appQuota: /^name$/,
  signatureKey: /^name$/,
  plugin: /^name$/,
  authorizer: /^(?:name|cacheSeconds)$/,
  certificate: /^name$/,
  gatewayResponse: /./,
  gateway: /^(?:name|description|maintain(?:Begin|End)|enterpriseProjectId)$/,
  loadBalanceChannel: /^name$/,
};

/** Limits: a higher one lets more calls through, and none all of them. */
const LIMITS: Partial<Record<Kind, RegExp>> = {
  throttle: /^(?:api|user|app|ip)CallLimit$/,
  throttleException: /^callLimit$/,
  appQuota: /^callLimit$/,
};

/** Values of fields that open more than any other value does. */
const OPEN: Partial<Record<Kind, Readonly<Record<string, string>>>> = {
  api: { authentication: 'NONE', allowAppCode: 'true', protocol: 'BOTH', cors: 'true' },
  apiGroup: { debugDomainEnabled: 'true' },
  throttle: { scope: 'API' },
  domain: { minTlsVersion: 'TLSv1.1' },
};

function judgeField({ kind, after }: Step, change: FieldChange): Judgement {
  const { path, secret } = change;
  if (kind === undefined) return 'breaking';
  if (DOCUMENTATION.test(path) || UNSEEN[kind]?.test(path) === true) return 'neutral';
  if (secret) return 'breaking';
  if (LIMITS[kind]?.test(path) === true) return judgeLimit(change);
  if (OPEN[kind]?.[path] !== undefined && OPEN[kind][path] === change.after) return 'loosening';
  if (kind === 'api' && /^requestParameters\[.*\]\.(?:required|validated)$/.test(path))
    return change.after === 'false' ? 'loosening' : 'breaking';
  if ((kind === 'acl' || kind === 'appAcl') && path === 'values') {
    const isPermit = after?.inputs['type'] === 'PERMIT';
    const tightens = isPermit ? change.before !== undefined : change.after !== undefined;
    return tightens ? 'breaking' : 'loosening';
  }
  return 'breaking';
}

function judgeLimit({ before, after }: FieldChange): Judgement {
  if (after === undefined) return 'loosening';
  return before !== undefined && Number(after) > Number(before) ? 'loosening' : 'breaking';
}
