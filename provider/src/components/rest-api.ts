import * as pulumi from '@pulumi/pulumi';
import { RELEASE_ENVIRONMENT_ID, type Resources } from '@apig/sdk/contract';
import {
  AclBinding,
  Api,
  ApiGroup,
  Deployment,
  DomainBinding,
  PluginAttachment,
  SignatureBinding,
  Throttle,
  ThrottleBinding,
} from '../classes.ts';
import type { ArgsOf } from '../resource.ts';
import { COMPONENT_TOKENS } from '../type-names.ts';
import { routeOf, routesOf, variablesIn, type OpenApiDocument, type Route } from './routes.ts';

/** The arguments of a class, without those that the component gives. */
type Rest<D, Given extends string> = Omit<ArgsOf<D>, Given>;

/** What may be said of one API of a {@link RestApi}: every argument of `Api`, in the place of what follows from the rest. */
export type RouteArgs = Partial<Rest<Resources['api'], 'gatewayId' | 'groupId' | 'method' | 'path'>>;

/** Where the calls go, unless a route says otherwise: to the path of the call, below `path`. */
export interface BackendArgs {
  /** Host, and port where it is not the usual one. */
  readonly address: pulumi.Input<string>;
  /** `HTTP` unless given. */
  readonly protocol?: 'HTTP' | 'HTTPS';
  /** What comes before the path of the call, such as `/v1`. */
  readonly path?: string;
  /** Time for an answer, in milliseconds. */
  readonly timeoutMs?: pulumi.Input<number>;
}

/** The arguments of a {@link RestApi}. */
export interface RestApiArgs {
  /** Gateway that has the APIs. */
  readonly gatewayId: pulumi.Input<string>;
  /** Name of the group; that of the component unless given. */
  readonly name?: string;
  /** An OpenAPI 3 document, parsed: one API for each operation. Either this or `routes`. */
  readonly document?: OpenApiDocument;
  /** Route, such as `GET /orders/{id}`, to what its API has of its own. Either this or `document`. */
  readonly routes?: Readonly<Record<string, RouteArgs>>;
  /** What single operations of the document have of their own, by their operation IDs. */
  readonly overrides?: Readonly<Record<string, RouteArgs>>;
  /** What every API has unless its route says otherwise. */
  readonly defaults?: RouteArgs;
  /** Where the calls go. */
  readonly backend?: BackendArgs;
  /** Environment of the deployments; `RELEASE` unless given. */
  readonly environmentId?: pulumi.Input<string>;
  /** Own domain of the group. */
  readonly domain?: Rest<Resources['domain'], 'gatewayId' | 'groupId'>;
  /** A throttle for all APIs. */
  readonly throttle?: Rest<Resources['throttle'], 'gatewayId' | 'name'> & { readonly name?: string };
  /** Access control policy for all APIs. */
  readonly aclId?: pulumi.Input<string>;
  /** Key with which calls to the backend are signed. */
  readonly signatureKeyId?: pulumi.Input<string>;
  /** Plug-ins for all APIs, by any name of yours. */
  readonly pluginIds?: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * The APIs of one OpenAPI document, or of a short table of routes: group, APIs, deployments and policies. Each API is known by
 * its operation's ID, or by method and path, so that order makes no difference and a changed document changes no more than
 * it must.
 */
export class RestApi extends pulumi.ComponentResource {
  /** Gateway that has the APIs. */
  readonly gatewayId: pulumi.Output<string>;
  /** Environment of the deployments. */
  readonly environmentId: pulumi.Output<string>;
  /** The group of the APIs. */
  readonly group: ApiGroup;
  /** The APIs, by their operation IDs. */
  readonly apis: Readonly<Record<string, Api>>;
  /** The deployments, by the operation IDs of their APIs. */
  readonly deployments: Readonly<Record<string, Deployment>>;
  /** IDs of the published APIs that apps may be authorized for. */
  readonly appApiIds: readonly pulumi.Output<string>[];
  /** Where callers find the APIs: their own domain, else the debug domain. */
  readonly url: pulumi.Output<string>;
  /** Name of the component. */
  readonly componentName: string;

  constructor(name: string, args: RestApiArgs, opts?: pulumi.ComponentResourceOptions) {
    super(COMPONENT_TOKENS.RestApi, name, {}, opts);
    const { gatewayId, document, routes, overrides = {}, environmentId = RELEASE_ENVIRONMENT_ID } = args;
    if ((document === undefined) === (routes === undefined))
      throw new TypeError(`${name}: expected either document or routes`);
    const own = { parent: this };
    this.componentName = name;
    this.gatewayId = pulumi.output(gatewayId);
    this.environmentId = pulumi.output(environmentId);
    this.group = new ApiGroup(name, { gatewayId, name: args.name ?? name }, own);
    const groupId = this.group.id;

    const table = Object.entries(routes ?? {}).map(([line, its]) => [routeOf(line), its] as const);
    const operations = (document === undefined ? [] : routesOf(document)).map(
      (route) => [route, overrides[route.key] ?? {}] as const,
    );
    const unknown = Object.keys(overrides).find((key) => !operations.some(([route]) => route.key === key));
    if (unknown !== undefined) throw new TypeError(`${name}: the document has no operation ${unknown}`);

    const all = [...table, ...operations].map(([route, its]) => {
      const settings = toApi(route, args, its);
      const child = `${name}-${route.key}`;
      const api = new Api(child, { gatewayId, groupId, ...settings }, own);
      const deployment = new Deployment(
        child,
        { gatewayId, apiId: api.id, environmentId, apiDigest: api.digest },
        own,
      );
      return { key: route.key, api, deployment, authentication: settings.authentication };
    });
    this.apis = Object.fromEntries(all.map(({ key, api }) => [key, api]));
    this.deployments = Object.fromEntries(all.map(({ key, deployment }) => [key, deployment]));
    this.appApiIds = all
      .filter(({ authentication }) => authentication !== 'NONE' && authentication !== 'IAM')
      .map(({ deployment }) => deployment.apiId);

    const policies = this.#bind(
      name,
      args,
      all.map(({ deployment }) => deployment.apiId),
    );
    // Who calls the domain finds the APIs published and guarded, also while it moves here from another group.
    const guarded = { ...own, dependsOn: [...all.map(({ deployment }) => deployment), ...policies] };
    const domain = args.domain && new DomainBinding(name, { gatewayId, groupId, ...args.domain }, guarded);
    this.url = pulumi.interpolate`http://${domain?.name ?? this.group.debugDomain}`;
    this.registerOutputs({ url: this.url });
  }

  /** Policies for all APIs, after their publication. */
  #bind(name: string, args: RestApiArgs, apiIds: pulumi.Output<string>[]): readonly pulumi.Resource[] {
    const { gatewayId, throttle, aclId, signatureKeyId, pluginIds = {} } = args;
    const own = { parent: this };
    const place = { gatewayId, environmentId: this.environmentId, apiIds };
    const bindings: pulumi.Resource[] = Object.entries(pluginIds).map(
      ([key, pluginId]) => new PluginAttachment(`${name}-${key}`, { ...place, pluginId }, own),
    );
    if (throttle !== undefined) {
      const limit = new Throttle(
        name,
        { gatewayId, name: (args.name ?? name).replaceAll(/\W+/g, '_'), ...throttle },
        own,
      );
      bindings.push(new ThrottleBinding(name, { ...place, throttleId: limit.id }, own));
    }
    if (aclId !== undefined) bindings.push(new AclBinding(name, { ...place, aclId }, own));
    if (signatureKeyId !== undefined)
      bindings.push(new SignatureBinding(name, { ...place, signatureKeyId }, own));
    return bindings;
  }
}

/** The arguments of an API: what its route says, then the defaults, then what follows from path and backend. */
function toApi(
  { key, method, path, args: said }: Route,
  { backend, defaults = {} }: RestApiArgs,
  its: RouteArgs,
) {
  const variables = variablesIn(path);
  const known = said.requestParameters ?? [];
  const parameters = [
    ...known,
    ...variables
      .filter((variable) => !known.some(({ name, location }) => location === 'PATH' && name === variable))
      .map((name) => ({ name, location: 'PATH' as const })),
  ];
  const hasOwn = [its, defaults].some(
    ({ mockBackend, functionBackend, httpBackend }) =>
      (mockBackend ?? functionBackend ?? httpBackend) !== undefined,
  );
  const passedOn = backend !== undefined && !hasOwn;
  return {
    name: key,
    protocol: 'BOTH' as const,
    authentication: 'APP' as const,
    ...defaults,
    ...said,
    requestParameters: parameters,
    ...(passedOn
      ? {
          backendParameters: variables.map((name) => ({
            origin: 'REQUEST' as const,
            name,
            location: 'PATH' as const,
            value: name,
          })),
          httpBackend: {
            address: backend.address,
            protocol: backend.protocol ?? ('HTTP' as const),
            method,
            path: `${backend.path ?? ''}${path}`,
            ...(backend.timeoutMs === undefined ? {} : { timeoutMs: backend.timeoutMs }),
          },
        }
      : {}),
    ...its,
    method,
    path,
  };
}
