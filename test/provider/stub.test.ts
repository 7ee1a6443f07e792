import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import { stubOf } from '../../provider/src/stub.ts';
import { COMPONENT_TOKENS, TYPE_NAMES, typeTokenOf } from '../../provider/src/type-names.ts';
import { KINDS } from './samples.ts';

describe('what the state of a stack holds for ever', () => {
  test.each(KINDS)('the text that makes the provider of a %s', (kind) => {
    expect(stubOf(kind)).toBe(`exports.handler=()=>require("@apig/provider/lifecycle").provider("${kind}")`);
    expect(Buffer.byteLength(stubOf(kind))).toBeLessThan(100);
  });

  test('the type tokens', () => {
    expect(Object.fromEntries(KINDS.map((kind) => [kind, typeTokenOf(kind)]))).toEqual({
      gateway: 'pulumi-nodejs:dynamic/apig:Gateway',
      environment: 'pulumi-nodejs:dynamic/apig:Environment',
      environmentVariable: 'pulumi-nodejs:dynamic/apig:EnvironmentVariable',
      apiGroup: 'pulumi-nodejs:dynamic/apig:ApiGroup',
      domain: 'pulumi-nodejs:dynamic/apig:DomainBinding',
      certificate: 'pulumi-nodejs:dynamic/apig:Certificate',
      gatewayResponse: 'pulumi-nodejs:dynamic/apig:GatewayResponse',
      api: 'pulumi-nodejs:dynamic/apig:Api',
      deployment: 'pulumi-nodejs:dynamic/apig:Deployment',
      throttle: 'pulumi-nodejs:dynamic/apig:Throttle',
      throttleBinding: 'pulumi-nodejs:dynamic/apig:ThrottleBinding',
      throttleException: 'pulumi-nodejs:dynamic/apig:ThrottleException',
      acl: 'pulumi-nodejs:dynamic/apig:Acl',
      aclBinding: 'pulumi-nodejs:dynamic/apig:AclBinding',
      signatureKey: 'pulumi-nodejs:dynamic/apig:SignatureKey',
      signatureBinding: 'pulumi-nodejs:dynamic/apig:SignatureBinding',
      app: 'pulumi-nodejs:dynamic/apig:App',
      appCode: 'pulumi-nodejs:dynamic/apig:AppCode',
      gatewayFeature: 'pulumi-nodejs:dynamic/apig:GatewayFeature',
      appAcl: 'pulumi-nodejs:dynamic/apig:AppAcl',
      appQuota: 'pulumi-nodejs:dynamic/apig:AppQuota',
      appQuotaBinding: 'pulumi-nodejs:dynamic/apig:AppQuotaBinding',
      appAuthorization: 'pulumi-nodejs:dynamic/apig:AppAuthorization',
      plugin: 'pulumi-nodejs:dynamic/apig:Plugin',
      pluginAttachment: 'pulumi-nodejs:dynamic/apig:PluginAttachment',
      authorizer: 'pulumi-nodejs:dynamic/apig:Authorizer',
      loadBalanceChannel: 'pulumi-nodejs:dynamic/apig:LoadBalanceChannel',
    });
    expect(Object.isFrozen(TYPE_NAMES)).toBe(true);
  });

  test('the type tokens of the components', () => {
    expect(COMPONENT_TOKENS).toEqual({ RestApi: 'apig:index:RestApi', Product: 'apig:index:Product' });
    expect(Object.isFrozen(COMPONENT_TOKENS)).toBe(true);
  });

  test('names a door of the package', () => {
    const { exports } = createRequire(import.meta.url)('../../provider/package.json') as { exports: object };
    expect(exports).toHaveProperty(['./lifecycle', 'default'], './dist/lifecycle.js');
  });
});
