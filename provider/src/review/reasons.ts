import { descriptionOf, type Kind } from '@apig/sdk/contract';
import type { Examined } from './examined.ts';
import type { FieldChange } from './model.ts';
import type { Step } from './plan.ts';
import { valuesInWords } from './summary.ts';

/*
 * Why something happens, in few words.
 */

/** What a policy is called: `throttle gold`. */
export function policyOf({ before, after, labelOf }: Examined, key: string): string {
  const kind = (after.kindOf(key) ?? before.kindOf(key)) as Kind | undefined;
  return `${kind === undefined ? 'policy' : descriptionOf(kind).title} ${labelOf(key)}`;
}

/** What becomes of a resource: `throttle gold is created`. */
export function whatBecomesOf(step: Step | undefined): string {
  return step === undefined ? 'another program' : `${titleOf(step)} ${BECOMES[step.operation]}`;
}

/** What a resource is called in a sentence. */
export function titleOf({ kind, type, name }: Pick<Step, 'kind' | 'type' | 'name'>): string {
  return `${kind === undefined ? type : descriptionOf(kind).title} ${name}`;
}

/** The first fields of some, with both values. */
export function fieldsInWords(fields: readonly FieldChange[]): string {
  const named = fields.slice(0, MOST_FIELDS).map(({ path, before, after, secret }) => {
    if (secret) return `${path} changed`;
    return `${path} ${valuesInWords(short(before), short(after))}`;
  });
  const rest = fields.length - named.length;
  return named.join(', ') + (rest > 0 ? ` and ${String(rest)} more` : '');
}

const MOST_FIELDS = 3;

const BECOMES: Readonly<Record<Step['operation'], string>> = {
  create: 'is created',
  import: 'is imported',
  update: 'changes',
  replace: 'is replaced',
  delete: 'is deleted',
  same: 'stays',
  read: 'is read',
};

function short(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const line = text.replaceAll('\n', ' ');
  return line.length <= 60 ? line : `${line.slice(0, 59)}…`;
}
