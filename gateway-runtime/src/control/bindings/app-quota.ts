import { fail, type Json } from '@apig/sdk/contract';
import type { ConfigurationReader, Stored } from '../../store/configuration.ts';
import { appQuotaAnswer } from '../answers/app-quota.ts';
import { textsIn } from '../body.ts';
import { param, type ControlCall, type ControlRoute } from '../call.ts';
import type { ControlContext } from '../context.ts';
import { newId } from '../ids.ts';
import { inside } from '../inside.ts';
import { required } from '../lookup.ts';
import { listAnswer } from '../paging.ts';
import { toSeconds } from '../times.ts';

/** Source: API reference, "Binding an App Quota to Apps" and the pages that follow it. */
export function appQuotaBindingRoutes(context: ControlContext): readonly ControlRoute[] {
  const quotas = inside(context, 'app-quotas');
  const apps = inside(context, 'apps');
  return [
    quotas.change('POST', '{quotaId}/binding-apps', 201, (call, { draft }, gatewayId) => {
      const quota = quotaOf(call, draft, gatewayId);
      const ids = textsIn(call.body, 'app_ids').map((id) => required(draft, 'app', gatewayId, id).id);
      const applies = ids.map((appId) => {
        const before = bindingOf(appId, draft);
        const isSame = before?.body.appQuotaId === quota.id;
        // An app has one quota at most.
        if (before !== undefined && !isSame) draft.remove(before);
        return isSame
          ? before
          : draft.put('appQuotaBinding', newId(), { gatewayId, appQuotaId: quota.id, appId });
      });
      return { applies: applies.map(toApply) };
    }),

    quotas.change('DELETE', '{quotaId}/bound-apps/{appId}', 204, (call, { draft }, gatewayId) => {
      const quota = quotaOf(call, draft, gatewayId);
      const { id } = required(draft, 'app', gatewayId, param(call, 'appId'));
      const binding = bindingOf(id, draft);
      if (binding?.body.appQuotaId !== quota.id) throw fail('appNotFound', { id });
      draft.remove(binding);
    }),

    quotas.read('{quotaId}/bound-apps', (call, { configuration }, gatewayId) => {
      const quota = quotaOf(call, configuration, gatewayId);
      const rows = configuration
        .by('appQuotaBinding', 'appQuotaId', quota.id)
        .toReversed()
        .map((binding) => ({ binding, app: required(configuration, 'app', gatewayId, binding.body.appId) }))
        .filter(({ app }) => isNamed(app, call));
      return listAnswer(call, 'apps', rows, ({ app, binding }) => toRow(app, binding, quota));
    }),

    quotas.read('{quotaId}/bindable-apps', (call, { configuration }, gatewayId) => {
      const quota = quotaOf(call, configuration, gatewayId);
      const rows = configuration
        .by('app', 'gatewayId', gatewayId)
        .toReversed()
        .map((app) => ({ app, binding: bindingOf(app.id, configuration) }))
        .filter(({ app, binding }) => binding?.body.appQuotaId !== quota.id && isNamed(app, call));
      return listAnswer(call, 'apps', rows, ({ app, binding }) =>
        toRow(app, binding, binding && configuration.get('appQuota', binding.body.appQuotaId)),
      );
    }),

    apps.read('{appId}/bound-quota', (call, view, gatewayId) => {
      const { id } = required(view.configuration, 'app', gatewayId, param(call, 'appId'));
      const binding = bindingOf(id, view.configuration);
      if (binding === undefined) throw fail('appQuotaNotFound', { id: `of app ${id}` });
      return appQuotaAnswer(
        required(view.configuration, 'appQuota', gatewayId, binding.body.appQuotaId),
        view,
      );
    }),
  ];
}

function quotaOf(
  call: ControlCall,
  configuration: ConfigurationReader,
  gatewayId: string,
): Stored<'appQuota'> {
  return required(configuration, 'appQuota', gatewayId, param(call, 'quotaId'));
}

function bindingOf(appId: string, configuration: ConfigurationReader): Stored<'appQuotaBinding'> | undefined {
  return configuration.by('appQuotaBinding', 'appId', appId)[0];
}

function isNamed({ body }: Stored<'app'>, { query }: ControlCall): boolean {
  return body.name.includes(query['app_name'] ?? '');
}

function toApply({ body, createdAt }: Stored<'appQuotaBinding'>): Json {
  return { app_quota_id: body.appQuotaId, app_id: body.appId, bound_time: toSeconds(createdAt) };
}

function toRow(
  app: Stored<'app'>,
  binding: Stored<'appQuotaBinding'> | undefined,
  quota: Stored<'appQuota'> | undefined,
): Json {
  return {
    app_id: app.id,
    name: app.body.name,
    status: 1,
    app_key: app.body.appKey,
    remark: app.body.remark ?? '',
    register_time: toSeconds(app.createdAt),
    update_time: toSeconds(app.updatedAt),
    app_quota_id: quota?.id ?? '',
    app_quota_name: quota?.body.name ?? '',
    // Clients read a time here, and take no empty one.
    ...(binding !== undefined && { bound_time: toSeconds(binding.createdAt) }),
  };
}
