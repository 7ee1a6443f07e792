import type { Rule } from '../rule.ts';

const VARIABLE = /#([A-Za-z][\w-]{2,31})#/g;

/** A backend whose address or path is not complete. */
export const unsetVariable: Rule = {
  name: 'unset-variable',
  severity: 'error',
  title: 'A backend names an environment variable that has no value where the API is published.',
  check: (view) =>
    view.published.flatMap(({ apiId, api, environment, environmentId, definition }) => {
      const object = view.get('api', apiId);
      const known = new Set(
        view
          .by('environmentVariable', 'groupId', definition.groupId)
          .filter(({ body }) => body['environmentId'] === environmentId)
          .map(({ body }) => String(body['name'])),
      );
      const { httpBackend, httpPolicies } = definition;
      const targets = httpBackend === undefined ? httpPolicies : [httpBackend, ...httpPolicies];
      const texts = targets.flatMap(({ address = '', path }) => [address, path]);
      const names = texts.flatMap((text) => [...text.matchAll(VARIABLE)].map((match) => match[1] ?? ''));
      return [...new Set(names)]
        .filter((name) => !known.has(name))
        .flatMap((name) =>
          object === undefined
            ? []
            : [
                {
                  object,
                  message: `API ${api} cannot be published in ${environment}: the variable ${name} has no value there.`,
                },
              ],
        );
    }),
};
