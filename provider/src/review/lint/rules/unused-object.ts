import type { ConfiguredObject } from '../../behaviour/configuration.ts';
import type { View } from '../../behaviour/view.ts';
import type { Rule } from '../rule.ts';

/** Kind to its title, and to where its IDs are when it is used. */
const USED: readonly (readonly [
  kind: string,
  title: string,
  uses: readonly (readonly [string, string])[],
])[] = [
  ['throttle', 'throttle', [['throttleBinding', 'throttleId']]],
  ['acl', 'ACL', [['aclBinding', 'aclId']]],
  ['signatureKey', 'signature key', [['signatureBinding', 'signatureKeyId']]],
  ['plugin', 'plug-in', [['pluginAttachment', 'pluginId']]],
  ['app', 'app', [['appAuthorization', 'appId']]],
  ['appQuota', 'app quota', [['appQuotaBinding', 'appQuotaId']]],
  ['certificate', 'certificate', [['domain', 'certificateId']]],
];

/** Kinds that definitions of APIs name, at any depth. */
const NAMED: readonly (readonly [kind: string, title: string])[] = [
  ['loadBalanceChannel', 'load balance channel'],
  ['authorizer', 'authorizer'],
];

/** Something that nothing uses. */
export const unusedObject: Rule = {
  name: 'unused-object',
  severity: 'note',
  title: 'A policy, key, app or backend is declared and used by nothing.',
  check: (view) => {
    const definitions = JSON.stringify(view.all('api').map(({ body }) => body));
    return [
      ...USED.flatMap(([kind, title, uses]) =>
        ownOf(view, kind)
          .filter(({ id }) => uses.every(([user, field]) => view.by(user, field, id).length === 0))
          .map((object) => ({
            object,
            message: `The ${title} ${String(object.body['name'])} is used by nothing.`,
          })),
      ),
      ...NAMED.flatMap(([kind, title]) =>
        ownOf(view, kind)
          .filter(({ id }) => !definitions.includes(`"${id}"`))
          .map((object) => ({
            object,
            message: `The ${title} ${String(object.body['name'])} is used by no API.`,
          })),
      ),
    ];
  },
};

/** What the program declares, and nothing that stands in for what others have. */
function ownOf(view: View, kind: string): readonly ConfiguredObject[] {
  return view.all(kind).filter(({ id }) => view.configured.urns.has(`${kind}/${id}`));
}
