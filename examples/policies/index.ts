import { PolicyPack } from '@pulumi/policy';
import { apigPolicies } from '@apig/provider/policies';

new PolicyPack('apig-policies', { policies: apigPolicies() });
