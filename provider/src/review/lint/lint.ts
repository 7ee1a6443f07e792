import { keyOfObject, type Configured, type ConfiguredObject } from '../behaviour/configuration.ts';
import { createView } from '../behaviour/view.ts';
import type { Finding } from '../model.ts';
import { rules } from './rules.ts';
import { ALL_RULES, type LintSettings } from './settings.ts';

const ORDER: readonly Finding['severity'][] = ['error', 'warning', 'note'];

/** What the rules have to say of a configuration, the worst first. */
export function lint(configured: Configured, settings: LintSettings = ALL_RULES): readonly Finding[] {
  const view = createView(configured);
  const findings = rules.flatMap((rule) => {
    const severity = settings.severities.get(rule.name) ?? rule.severity;
    if (severity === 'off') return [];
    return rule
      .check(view)
      .filter(({ object }) => !isIgnored(rule.name, object, configured, settings))
      .map(({ object, message }): Finding => ({
        rule: rule.name,
        severity,
        message,
        urn: urnOf(object, configured),
      }));
  });
  const unique = new Map(findings.map((finding) => [JSON.stringify(finding), finding]));
  return [...unique.values()].sort(
    (one, other) =>
      ORDER.indexOf(one.severity) - ORDER.indexOf(other.severity) ||
      compareTexts(one.rule, other.rule) ||
      compareTexts(one.message, other.message),
  );
}

/** By the settings, or by the remark of the resource itself: `apig-ignore: shadowed-route, unused-object`. */
function isIgnored(
  rule: string,
  object: ConfiguredObject,
  configured: Configured,
  { ignored }: LintSettings,
): boolean {
  const { remark, description } = object.body;
  const text = [remark, description].filter((each) => typeof each === 'string').join('\n');
  const [, names = ''] = /apig-ignore:\s*([\w-]+(?:\s*,\s*[\w-]+)*)/.exec(text) ?? [];
  if (names.split(',').some((name) => name.trim() === rule)) return true;
  const urn = urnOf(object, configured) ?? '';
  const name = urn.split('::').slice(3).join('::');
  return ignored.some((each) => each.rule === rule && (each.resource === urn || each.resource === name));
}

function urnOf(object: ConfiguredObject, { urns }: Configured): string | undefined {
  return urns.get(keyOfObject(object));
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
