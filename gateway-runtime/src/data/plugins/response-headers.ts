import type { PluginContent } from '@apig/sdk/contract';

/** What is done with one header of answers. */
export interface HeaderRule {
  readonly name: string;
  readonly key: string;
  readonly value: string;
  readonly action: 'override' | 'append' | 'delete' | 'skip' | 'add';
}

/** Works out a plug-in of type `set_resp_headers`. */
export function compileResponseHeaders({
  response_headers: headers,
}: PluginContent<'set_resp_headers'>): readonly HeaderRule[] {
  return headers.map(({ name, value, action }) => ({ name, key: name.toLowerCase(), value, action }));
}

/**
 * The lines of an answer after the rules. A header that is absent is set, unless it is to be deleted; one that is there is
 * replaced, joined, removed, kept, or gets another line. Source: user guide, "Configuring an HTTP Response Header
 * Management Policy".
 */
export function withHeaderRules(lines: readonly string[], rules: readonly HeaderRule[]): readonly string[] {
  return rules.reduce((before, { name, key, value, action }) => {
    const present = valuesOf(before, key);
    if (action === 'skip' && present.length > 0) return before;
    if (action === 'add') return [...before, name, value];
    const others = without(before, key);
    if (action === 'delete') return others;
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
