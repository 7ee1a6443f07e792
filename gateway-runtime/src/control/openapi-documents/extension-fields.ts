/**
 * The fields by which a document says what OpenAPI has no words for. Source: user guide, "Extended Definition", for all
 * but those below `own`.
 */
export const FIELD = {
  /** Of a security scheme: `AppSigv1` or `IAM`. */
  authType: 'x-apigateway-auth-type',
  /** Of a path: the operation for all methods. */
  anyMethod: 'x-apigateway-any-method',
  requestType: 'x-apigateway-request-type',
  matchMode: 'x-apigateway-match-mode',
  cors: 'x-apigateway-cors',
  bodyBase64: 'x-apigateway-is-send-fg-body-base64',
  backend: 'x-apigateway-backend',
  backendPolicies: 'x-apigateway-backend-policies',
  /** Name of a throttle. */
  ratelimit: 'x-apigateway-ratelimit',
  /** Of the document: throttles by name. */
  ratelimits: 'x-apigateway-ratelimits',
  /** Name of an ACL, or a list of names: one for each type of entity. */
  accessControl: 'x-apigateway-access-control',
  /** Of the document: ACLs by name. */
  accessControls: 'x-apigateway-access-controls',
  /** Names of plug-ins. */
  plugins: 'x-apigateway-plugins',
  successSample: 'x-apigateway-result-normal-sample',
  failureSample: 'x-apigateway-result-failure-sample',
  /** Of the document: the group's default gateway response. Of an operation: one of its own. */
  responses: 'x-apigateway-responses',
} as const;

/** Fields of our own, for what the documented ones have no place for. */
export const OWN_FIELD = {
  /**
   * Of an operation, parameter, backend, backend policy, condition or throttle: further fields by the names that the
   * requests of the management API have for them. They win over what is said otherwise; `null` means the default.
   */
  details: 'x-apigateway-details',
  /** Of a security scheme of type `AUTHORIZER`: name of the frontend authorizer. */
  authorizer: 'x-apigateway-authorizer',
  /** Of a backend or backend policy: name of the backend authorizer. */
  backendAuthorizer: 'x-apigateway-backend-authorizer',
  /** Of the document: authorizers by name, made where there is none of that name. */
  authorizers: 'x-apigateway-authorizers',
  /** Of the document: load balance channels by name, made where there is none of that name. */
  channels: 'x-apigateway-vpc-channels',
  /** Of a path: operations by method, with prefix match, beside those with exact match. */
  prefixOperations: 'x-apigateway-prefix-operations',
  /** Of an operation: name of the gateway response of its own. */
  responseName: 'x-apigateway-response-name',
  /** Of the document: name of the environment in which throttles, ACLs and plug-ins are bound. */
  environment: 'x-apigateway-environment',
  /** Of a special limit of a throttle: name of the app, by which it is found in another gateway. */
  appName: 'x-apigateway-app-name',
} as const;
