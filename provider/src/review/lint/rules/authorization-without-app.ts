import type { Remark, Rule } from '../rule.ts';

/** A right to call an API that asks for no app. */
export const authorizationWithoutApp: Rule = {
  name: 'authorization-without-app',
  severity: 'warning',
  title: 'An app is authorized for an API that does not ask who calls by APP.',
  check: (view) =>
    view.all('appAuthorization').flatMap((object): readonly Remark[] => {
      const api = view.get('api', String(object.body['apiId']));
      const app = view.get('app', String(object.body['appId']));
      if (api === undefined || api.body['authentication'] === 'APP') return [];
      return [
        {
          object,
          message: `The authorization of app ${String(app?.body['name'])} has no effect: API ${String(api.body['name'])} has authentication ${String(api.body['authentication'])}.`,
        },
      ];
    }),
};
