import * as pulumi from '@pulumi/pulumi';
import type { Resources } from '@apig/sdk/contract';
import { App, AppAuthorization, AppQuota, AppQuotaBinding } from '../classes.ts';
import type { ArgsOf } from '../resource.ts';
import { COMPONENT_TOKENS } from '../type-names.ts';
import type { RestApi } from './rest-api.ts';

/** The arguments of a {@link Product}. */
export interface ProductArgs {
  /** What the caller may call: all APIs of these that apps may be authorized for. On one gateway. */
  readonly apis: readonly [RestApi, ...RestApi[]];
  /** The app: its name is that of the component, its key and secret are generated, unless given. */
  readonly app?: Partial<Omit<ArgsOf<Resources['app']>, 'gatewayId'>>;
  /** How many calls it may make in a cycle. */
  readonly quota?: Omit<ArgsOf<Resources['appQuota']>, 'gatewayId' | 'name'>;
}

/** What is sold to one caller: an app, a quota, and the right to call APIs. */
export class Product extends pulumi.ComponentResource {
  /** The caller. */
  readonly app: App;
  /** Key of the app. */
  readonly appKey: pulumi.Output<string>;
  /** Secret of the app. */
  readonly appSecret: pulumi.Output<string>;

  constructor(name: string, { apis, app, quota }: ProductArgs, opts?: pulumi.ComponentResourceOptions) {
    super(COMPONENT_TOKENS.Product, name, {}, opts);
    const own = { parent: this };
    const [{ gatewayId }] = apis;
    // Names of these kinds have no hyphens.
    const word = name.replaceAll(/\W+/g, '_');
    this.app = new App(name, { gatewayId, name: word, ...app }, own);
    const appId = this.app.id;
    for (const { componentName, environmentId, appApiIds } of apis) {
      new AppAuthorization(
        `${name}-${componentName}`,
        { gatewayId, appId, environmentId, apiIds: [...appApiIds] },
        own,
      );
    }
    if (quota !== undefined) {
      const limit = new AppQuota(name, { gatewayId, name: word, ...quota }, own);
      new AppQuotaBinding(name, { gatewayId, appQuotaId: limit.id, appIds: [appId] }, own);
    }
    this.appKey = this.app.appKey as pulumi.Output<string>;
    this.appSecret = this.app.appSecret as pulumi.Output<string>;
    this.registerOutputs({ appKey: this.appKey });
  }
}
