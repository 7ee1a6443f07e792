import type { Rule } from '../rule.ts';

/** AppCodes that are always refused. */
export const appCodeOverHttp: Rule = {
  name: 'app-code-over-http',
  severity: 'warning',
  title: 'An API takes AppCodes and is served over HTTP only, where they are refused.',
  check: (view) =>
    view
      .all('api')
      .filter(({ body }) => body['allowAppCode'] === true && body['authentication'] === 'APP')
      .filter(({ body }) => body['protocol'] === 'HTTP')
      .map((object) => ({
        object,
        message: `API ${String(object.body['name'])} takes AppCodes, which are refused over HTTP, the only protocol that it serves.`,
      })),
};
