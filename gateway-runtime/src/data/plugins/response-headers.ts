import type { PluginContent } from '@apig/sdk/contract';
import type { Call } from '../call.ts';
import { toHeader } from '../header-text.ts';
import type { Plan } from '../snapshot.ts';
import { systemParameter } from '../system-parameters.ts';

/** What is done with one header of answers. */
export interface HeaderRule {
  readonly name: string;
  readonly key: string;
  /** Undefined: there is no value, and nothing is set. */
  readonly valueFor: (call: Call) => string | undefined;
  readonly action: 'override' | 'append' | 'delete' | 'skip' | 'add';
}

/** Works out a plug-in of type `set_resp_headers`. */
export function compileResponseHeaders(
  { response_headers: headers }: PluginContent<'set_resp_headers'>,
  plan: Pick<Plan, 'apiId' | 'apiName' | 'stage'>,
): readonly HeaderRule[] {
  return headers.map(({ name, value, action, value_type: type }) => {
    const key = name.toLowerCase();
    if (type !== 'system_parameter') return { name, key, valueFor: () => value, action };
    const read = systemParameter(value.startsWith('$context.') ? value : `$context.${value}`, plan);
    return {
      name,
      key,
      valueFor: (call) => {
        const text = read(call, call.nowMs);
        return text === '' ? undefined : toHeader(text);
      },
      action,
    };
  });
}

/**
 * The lines of an answer after the rules. A header that is absent is set, unless it is to be deleted; one that is there is
 * replaced, joined, removed, kept, or gets another line. Source: user guide, "Configuring an HTTP Response Header
 * Management Policy".
 */
export function withHeaderRules(
  call: Call,
  lines: readonly string[],
  rules: readonly HeaderRule[],
): readonly string[] {
  return rules.reduce((before, { name, key, valueFor, action }) => {
    if (action === 'delete') return without(before, key);
    const value = valueFor(call);
    if (value === undefined) return before;
    const present = valuesOf(before, key);
    if (action === 'skip' && present.length > 0) return before;
    if (action === 'add') return [...before, name, value];
    const others = without(before, key);
    return [...others, name, action === 'append' ? [...present, value].join(',') : value];
  }, lines);
}

/** Lines without those of a name in lower case. */
export function without(lines: readonly string[], key: string): readonly string[] {
  return lines.filter((_, index) => (lines[index - (index % 2)] ?? '').toLowerCase() !== key);
}

function valuesOf(lines: readonly string[], key: string): readonly string[] {
  return lines.filter((_, index) => index % 2 === 1 && (lines[index - 1] ?? '').toLowerCase() === key);
}
