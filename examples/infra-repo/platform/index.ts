import * as apig from '@apig/provider';
import { Config, getStack } from '@pulumi/pulumi';

// What the platform team owns: the gateway, and limits that hold for every team.
const config = new Config();
const stack = getStack();
const gateway = new apig.Gateway('platform', {
  name: `platform_${stack}`,
  edition: config.get<'BASIC' | 'PROFESSIONAL'>('edition') ?? 'BASIC',
  vpcId: `vpc-${stack}`,
  subnetId: `subnet-${stack}`,
  securityGroupId: `sg-${stack}`,
  availableZoneIds: config.requireObject<string[]>('zones'),
});
const canary = new apig.Environment('canary', { gatewayId: gateway.id, name: 'canary' });

export const gatewayId = gateway.id;
export const canaryId = canary.id;
