export { RELEASE_ENVIRONMENT_ID } from '@apig/sdk/contract';
export * from './classes.ts';
export { Product, type ProductArgs } from './components/product.ts';
export { RestApi, type BackendArgs, type RestApiArgs, type RouteArgs } from './components/rest-api.ts';
export type { OpenApiDocument } from './components/routes.ts';
export * from './lookups.ts';
export type { AddressArgsOf, ArgsOf, Given, ResourceClass, ResourceOf, ResourceOptions } from './resource.ts';
