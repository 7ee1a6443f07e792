import type { ControlRoute } from '../call.ts';
import type { ControlContext } from '../context.ts';
import { inside } from '../inside.ts';
import { listAnswer } from '../paging.ts';

/** Numbers of objects at a glance, and the tags of APIs. Source: API reference, "Group Management" to "App Management", "Tag Management". */
export function outlineActions(context: ControlContext): readonly ControlRoute[] {
  const { read } = inside(context, '');
  return [
    // Nothing is on sale where there is no marketplace.
    read('resources/outline/groups', (_call, { configuration }, gatewayId) => ({
      onsell_nums: 0,
      offsell_nums: configuration.by('apiGroup', 'gatewayId', gatewayId).length,
    })),

    read('resources/outline/apis', (call, { configuration }, gatewayId) => {
      const apis = configuration.by('api', 'gatewayId', gatewayId);
      const online = apis.filter(({ id }) =>
        configuration.by('publication', 'apiId', id).some(({ body }) => body.versionId !== undefined),
      );
      const gateways = configuration
        .all('gateway')
        .filter(({ body }) => body.projectId === call.account.projectId);
      return {
        instance_num: gateways.length,
        nums_on_release: online.length,
        nums_off_release: apis.length - online.length,
      };
    }),

    read('resources/outline/apps', (_call, { configuration }, gatewayId) => {
      const apps = configuration.by('app', 'gatewayId', gatewayId);
      const authorized = apps.filter(
        ({ id }) => configuration.by('appAuthorization', 'appId', id).length > 0,
      );
      return { authed_nums: authorized.length, unauthed_nums: apps.length - authorized.length };
    }),

    read('tags', (call, { configuration }, gatewayId) => {
      const apis = configuration.by('api', 'gatewayId', gatewayId);
      const tags = new Set(apis.flatMap(({ body }) => body.tags));
      return listAnswer(call, 'tags', [...tags].sort(), (tag) => tag);
    }),
  ];
}
