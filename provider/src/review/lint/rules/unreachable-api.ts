import type { Remark, Rule } from '../rule.ts';

/** An API that callers cannot find. */
export const unreachableApi: Rule = {
  name: 'unreachable-api',
  severity: 'warning',
  title: 'An API is published nowhere, or its group answers on no domain.',
  check: (view) =>
    view.all('api').flatMap((object): readonly Remark[] => {
      const name = String(object.body['name']);
      const publications = view.published.filter(({ apiId }) => apiId === object.id);
      if (publications.length === 0)
        return [{ object, message: `API ${name} is published in no environment: nobody can call it.` }];
      const [{ domains, group } = { domains: [], group: object }] = publications;
      if (domains.length > 0 || group.body['isDefault'] === true) return [];
      const groupName = String(group.body['name']);
      return group.body['debugDomainEnabled'] === false
        ? [
            {
              object,
              message: `The group ${groupName} of API ${name} has no domain, and its debug domain is off.`,
            },
          ]
        : [];
    }),
};
