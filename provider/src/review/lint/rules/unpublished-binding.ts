import type { Remark, Rule } from '../rule.ts';

const BINDINGS: readonly (readonly [binding: string, kind: string, title: string])[] = [
  ['throttleBinding', 'throttle', 'throttle'],
  ['aclBinding', 'acl', 'ACL'],
  ['signatureBinding', 'signatureKey', 'signature key'],
  ['pluginAttachment', 'plugin', 'plug-in'],
  ['appAuthorization', 'app', 'app'],
];

/** A policy on an API that is not published there. */
export const unpublishedBinding: Rule = {
  name: 'unpublished-binding',
  severity: 'warning',
  title: 'Something is bound to an API in an environment in which it is not published.',
  check: (view) =>
    BINDINGS.flatMap(([binding, kind, title]) =>
      view.all(binding).flatMap((object): readonly Remark[] => {
        const { apiId, environmentId } = object.body;
        const isThere = view.published.some(
          (each) => each.apiId === apiId && each.environmentId === environmentId,
        );
        if (isThere) return [];
        const api = view.get('api', String(apiId));
        const owner = view.get(kind, String(object.body[`${kind}Id`]));
        const environment = view.all('environment').find(({ id }) => id === environmentId);
        return [
          {
            object,
            message: `The ${title} ${String(owner?.body['name'])} has no effect: API ${String(api?.body['name'])} is not published in ${String(environment?.body['name'])}.`,
          },
        ];
      }),
    ),
};
