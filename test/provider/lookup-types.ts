import type * as pulumi from '@pulumi/pulumi';
import { getApi, getApisOutput, getApp, getAppOutput, getGateway, type ApiGroup } from '@apig/provider';

/*
 * What the compiler must let pass and must refuse: checked by `tsc -p test`, never run.
 */

/** Uses of the look-ups that have to compile, and some that must not. */
export async function uses(group: ApiGroup): Promise<void> {
  const gateway = await getGateway({ name: 'shared' });
  const api = await getApi({ gatewayId: gateway.id, name: 'list' });
  api.digest satisfies string;
  const { gatewayId } = group;
  getApisOutput({ gatewayId, groupId: group.id, method: 'GET' }).apply(
    ([first]) => first?.path,
  ) satisfies pulumi.Output<string | undefined>;
  getAppOutput({ gatewayId, id: 'a' }).name satisfies pulumi.Output<string>;
  const app = await getApp({ gatewayId: gateway.id, id: 'a' });
  // @ts-expect-error secrets are not looked up
  app.appSecret satisfies unknown;
  // @ts-expect-error nothing is looked up by a secret
  await getApp({ gatewayId: gateway.id, appSecret: 'x' });
  // @ts-expect-error the gateway is missing
  await getApi({ name: 'list' });
  // @ts-expect-error there is no such field
  await getApi({ gatewayId: 'g', nmae: 'list' });
}
