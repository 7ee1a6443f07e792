import type { Rule } from '../rule.ts';

/** A group that callers reach by a domain that is meant for trials. */
export const debugDomainOnly: Rule = {
  name: 'debug-domain-only',
  severity: 'note',
  title: 'A group with published APIs has no domain but its debug domain, which takes 1,000 calls a day.',
  check: (view) => {
    const groups = new Map(view.published.map((each) => [each.group.id, each]));
    return [...groups.values()]
      .filter(
        ({ domains, group }) =>
          domains.length === 0 &&
          group.body['isDefault'] !== true &&
          group.body['debugDomainEnabled'] !== false,
      )
      .map(({ group }) => ({
        object: group,
        message: `The group ${String(group.body['name'])} answers on its debug domain only, which takes 1,000 calls a day.`,
      }));
  },
};
