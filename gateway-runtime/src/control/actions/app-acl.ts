import { descriptionOf, type Json } from '@apig/sdk/contract';
import type { Bodies, ConfigurationReader, Stored } from '../../store/configuration.ts';
import { baseAnswer } from '../answers/base.ts';
import { param, type ControlCall, type ControlRoute } from '../call.ts';
import type { ControlContext } from '../context.ts';
import { newId } from '../ids.ts';
import { inside } from '../inside.ts';
import { required } from '../lookup.ts';
import { settledRequest } from '../objects.ts';

/** Source: API reference, "Configuring Access Control for an App" and the pages that follow it. */
export function appAclActions(context: ControlContext): readonly ControlRoute[] {
  const { read, change } = inside(context, 'apps');
  return [
    change('PUT', '{appId}/app-acl', 201, (call, { draft }, gatewayId) => {
      const appId = appOf(call, draft, gatewayId);
      // Settled by the kind's own description, so it is what the kind stores.
      const body = settledRequest(descriptionOf('appAcl'), call.body, {
        gatewayId,
        appId,
      }) as unknown as Bodies['appAcl'];
      return shown(draft.put('appAcl', aclOf(appId, draft)?.id ?? newId(), body));
    }),

    // An app without one is no error.
    read('{appId}/app-acl', (call, { configuration }, gatewayId) => {
      const acl = aclOf(appOf(call, configuration, gatewayId), configuration);
      return acl === undefined ? {} : shown(acl);
    }),

    change('DELETE', '{appId}/app-acl', 204, (call, { draft }, gatewayId) => {
      const acl = aclOf(appOf(call, draft, gatewayId), draft);
      if (acl !== undefined) draft.remove(acl);
    }),
  ];
}

function appOf(call: ControlCall, configuration: ConfigurationReader, gatewayId: string): string {
  return required(configuration, 'app', gatewayId, param(call, 'appId')).id;
}

function aclOf(appId: string, configuration: ConfigurationReader): Stored<'appAcl'> | undefined {
  return configuration.by('appAcl', 'appId', appId)[0];
}

function shown(acl: Stored<'appAcl'>): Json {
  return { ...baseAnswer(acl), id: undefined, app_id: acl.body.appId };
}
