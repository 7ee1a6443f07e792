import type { Finding } from '../model.ts';
import { ReviewError } from '../plan.ts';
import { readYaml } from '../yaml.ts';
import { rules } from './rules.ts';
import { isRecord } from '../values.ts';

/** What the user has said of rules. */
export interface LintSettings {
  /** Rule to its severity, in the place of its own. */
  readonly severities: ReadonlyMap<string, Finding['severity'] | 'off'>;
  /** Rules that do not matter for a resource, by its name in the program or its URN. */
  readonly ignored: readonly { readonly rule: string; readonly resource: string }[];
}

/** Every rule, as it is meant. */
export const ALL_RULES: LintSettings = { severities: new Map(), ignored: [] };

const SEVERITIES = ['error', 'warning', 'note', 'off'] as const;

/**
 * Reads settings, in YAML or JSON: `rules`, rule to `error`, `warning`, `note` or `off`; and `ignore`, a list of a
 * `rule` and a `resource`.
 *
 * @throws ReviewError that names the field
 */
export function readSettings(text: string, file: string): LintSettings {
  const document = readYaml(text, file);
  const wrong = (field: string, expected: string) =>
    new ReviewError(`${file}: ${field}: expected ${expected}.`);
  if (!isRecord(document)) throw wrong('rules', 'settings of rules');
  const { rules: given = {}, ignore = [], ...surplus } = document;
  const [unknown] = Object.keys(surplus);
  if (unknown !== undefined) throw wrong(unknown, 'rules or ignore');
  if (!isRecord(given)) throw wrong('rules', 'rules and their severities');
  if (!Array.isArray(ignore)) throw wrong('ignore', 'a list');
  const severities = Object.entries(given).map(([name, value]) => {
    assertRule(name, (expected) => wrong(`rules.${name}`, expected));
    const severity = SEVERITIES.find((each) => each === (value === false ? 'off' : value));
    if (severity === undefined) throw wrong(`rules.${name}`, `one of ${SEVERITIES.join(', ')}`);
    return [name, severity] as const;
  });
  const ignored = ignore.map((each: unknown, index) => {
    const { rule, resource } = isRecord(each) ? each : {};
    const field = `ignore[${String(index)}]`;
    if (typeof rule !== 'string' || typeof resource !== 'string') throw wrong(field, 'a rule and a resource');
    assertRule(rule, (expected) => wrong(`${field}.rule`, expected));
    return { rule, resource };
  });
  return { severities: new Map(severities), ignored };
}

function assertRule(name: string, wrong: (expected: string) => ReviewError): void {
  if (!rules.some((rule) => rule.name === name))
    throw wrong(`one of ${rules.map((rule) => rule.name).join(', ')}`);
}
