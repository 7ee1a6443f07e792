export {
  type AddressOf,
  type AutomaticOf,
  type Aspect,
  type BindingShape,
  type CollectionShape,
  type Computed,
  type Description,
  type Fault,
  type InputOf,
  type OutputOf,
  type ParentsOf,
  type SecretsOf,
  type SettledOf,
} from './describe.ts';
export type { KeyedCertificate } from './certificates/keyed.ts';
export { factsOf, type CertificateFacts } from './certificates/facts.ts';
export { parseCertificates } from './certificates/pem.ts';
export { canonical, canonicalField, digestOf } from './digest.ts';
export {
  ApigError,
  callErrors,
  controlErrors,
  fail,
  isApigError,
  isFailure,
  runtimeErrors,
  type CallErrorName,
  type ControlErrorName,
  type ErrorName,
  type GatewayResponseType,
  type RuntimeErrorName,
} from './errors.ts';
export { fieldsOf, toSnakeCase, type Field, type Marks } from './fields.ts';
export { memberField } from './members.ts';
export { referencesIn, type Reference } from './references.ts';
export { isDescribed, parseContent, type DescribedPlugin, type PluginContent } from './plugins/contents.ts';
export { httpDowngradeOf, usesChannel, type Downgrade } from './plugins/downgrade.ts';
export { parseExpression, type Expression } from './plugins/expression.ts';
export { USUAL_LOG_FIELDS, type LogField } from './plugins/kafka-log.ts';
export { parseAddress, parseAddressRange, type AddressRange } from './addresses.ts';
export { descriptionOf, resources, type Kind, type Resources } from './resources/index.ts';
export { RELEASE_ENVIRONMENT_ID } from './resources/environment.ts';
export { EDITIONS, fourHoursAfter } from './resources/gateway.ts';
export { computedOf, fromAnswer, fromRequest, toAnswer, toRequest, writeOnlyFields } from './messages.ts';
export { isEmpty } from './empty.ts';
export { formOfDomain } from './resources/domain.ts';
export { FEATURES, isFeature, type FeatureName } from './resources/gateway-feature.ts';
export { DEFAULT_RESPONSE_BODY, GATEWAY_RESPONSE_TYPES } from './resources/gateway-response.ts';
export { holdsUnknown } from './relax.ts';
export { mapSecrets, secretsIn, type SecretPath } from './secrets.ts';
export { settle, type SettledFault, type Settlement } from './settle.ts';
export { shortForm } from './short-form.ts';
export { surplusOf, type Surplus } from './surplus.ts';
export { decode, encode, toWirePath, type Json } from './wire.ts';
