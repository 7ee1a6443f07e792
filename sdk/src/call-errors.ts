/** The kinds of answers a gateway makes itself; a group may replace each with a template of its own. */
export type GatewayResponseType =
  | 'AUTH_FAILURE'
  | 'AUTH_HEADER_MISSING'
  | 'AUTHORIZER_FAILURE'
  | 'AUTHORIZER_CONF_FAILURE'
  | 'AUTHORIZER_IDENTITIES_FAILURE'
  | 'UNAUTHORIZED'
  | 'ACCESS_DENIED'
  | 'THROTTLED'
  | 'NOT_FOUND'
  | 'REQUEST_PARAMETERS_FAILURE'
  | 'ORCHESTRATION_PARAMETER_NOT_FOUND'
  | 'ORCHESTRATION_FAILURE'
  | 'BACKEND_UNAVAILABLE'
  | 'BACKEND_TIMEOUT'
  | 'THIRD_AUTH_FAILURE'
  | 'THIRD_AUTH_IDENTITIES_FAILURE'
  | 'THIRD_AUTH_CONF_FAILURE'
  | 'DEFAULT_4XX'
  | 'DEFAULT_5XX';

/**
 * What a caller of a published API can be told by the gateway: name -> code, status, message, response type.
 *
 * The numbers overlap with those of the management API and mean other things there, hence two tables.
 * Source: user guide, "Error Codes" (of API calls); API reference, "Gateway Responses".
 */
export const callErrors = {
  // Finding the API.
  apiNotPublished: call(
    'APIG.0101',
    404,
    'NOT_FOUND',
    'The API does not exist or has not been published in the environment.',
  ),
  apiMethodNotDefined: call('APIG.0101', 404, 'NOT_FOUND', 'The API does not exist.'),
  protocolNotSupported: call(
    'APIG.0607',
    400,
    'DEFAULT_4XX',
    'The following protocol is supported: {protocols}',
  ),
  tlsVersionRefused: call('APIG.0204', 400, 'DEFAULT_4XX', 'SSL protocol is not supported: {version}'),
  clientCertificateRefused: call('APIG.0205', 400, 'DEFAULT_4XX', 'Verify client certificate failed'),

  // The request itself.
  badRequest: call('APIG.0602', 400, 'DEFAULT_4XX', 'Bad request.'),
  requestMalformed: call('APIG.0201', 400, 'REQUEST_PARAMETERS_FAILURE', 'API request error.'),
  bodyTimeout: call('APIG.0602', 408, 'DEFAULT_4XX', 'The request body did not arrive in time.'),
  bodyTooLarge: call('APIG.0201', 413, 'DEFAULT_4XX', 'Request entity too large.'),
  uriTooLarge: call('APIG.0201', 414, 'DEFAULT_4XX', 'Request URI too large.'),
  headersTooLarge: call('APIG.0201', 494, 'DEFAULT_4XX', 'Request headers too large.'),
  parameterInvalid: call(
    'APIG.0106',
    400,
    'REQUEST_PARAMETERS_FAILURE',
    'Invalid {location} parameter: {name}, {reason}',
  ),
  mappingValueMissing: call(
    'APIG.0106',
    400,
    'ORCHESTRATION_PARAMETER_NOT_FOUND',
    'Orchestration error: no value for {name}',
  ),
  mappingFailed: call('APIG.0106', 400, 'ORCHESTRATION_FAILURE', 'Orchestration error: {reason}'),

  // Who is calling.
  iamRefused: call('APIG.0301', 401, 'AUTH_FAILURE', 'Incorrect IAM authentication information: {reason}'),
  iamCredentialMissing: call(
    'APIG.0301',
    401,
    'AUTH_HEADER_MISSING',
    'Incorrect IAM authentication information: authorization header not found',
  ),
  iamTokenStale: call('APIG.0307', 401, 'AUTH_FAILURE', 'The token must be updated.'),
  iamProjectUnavailable: call('APIG.0310', 403, 'ACCESS_DENIED', 'The project is unavailable.'),
  iamRegionForbidden: call(
    'APIG.0802',
    403,
    'ACCESS_DENIED',
    'The IAM user is forbidden in the currently selected region.',
  ),
  iamUnavailable: call('APIG.0613', 503, 'DEFAULT_5XX', 'The IAM service is currently unavailable.'),
  iamTokenUnobtainable: call('APIG.0608', 500, 'DEFAULT_5XX', 'Failed to obtain the admin token.'),
  appRefused: call('APIG.0303', 401, 'AUTH_FAILURE', 'Incorrect app authentication information: {reason}'),
  appCredentialMissing: call(
    'APIG.0303',
    401,
    'AUTH_HEADER_MISSING',
    'Incorrect app authentication information: authorization header not found',
  ),
  appSecretInvalid: call('APIG.1009', 400, 'DEFAULT_4XX', 'AppKey or AppSecret is invalid'),
  authorizerDenied: call(
    'APIG.0305',
    401,
    'AUTHORIZER_FAILURE',
    'Incorrect authentication information: frontend authorizer',
  ),
  backendAuthorizerDenied: call(
    'APIG.0305',
    401,
    'AUTHORIZER_FAILURE',
    'Incorrect authentication information: backend authorizer',
  ),
  authorizerIdentityInvalid: call(
    'APIG.0305',
    401,
    'AUTHORIZER_IDENTITIES_FAILURE',
    'Incorrect authentication information: identity source {name}',
  ),
  credentialRefused: call('APIG.0305', 401, 'AUTH_FAILURE', 'Incorrect authentication information.'),
  authorizerFault: call('APIG.0601', 500, 'AUTHORIZER_CONF_FAILURE', 'Internal server error'),
  debugCredentialRefused: call(
    'APIG.0311',
    401,
    'AUTH_FAILURE',
    'Incorrect debugging authentication information.',
  ),
  thirdAuthRefused: call(
    'APIG.0312',
    401,
    'THIRD_AUTH_FAILURE',
    'Incorrect third-party authentication information,auth fail',
  ),
  thirdAuthIdentityMissing: call(
    'APIG.0313',
    401,
    'THIRD_AUTH_IDENTITIES_FAILURE',
    'Incorrect third-party authentication information,identities error',
  ),
  thirdAuthBlocked: call(
    'APIG.0314',
    403,
    'THIRD_AUTH_FAILURE',
    'Incorrect third-party authentication information,access deny',
  ),
  thirdAuthChannelMissing: call(
    'APIG.0615',
    500,
    'THIRD_AUTH_CONF_FAILURE',
    'The channel of the third-party authentication does not exist.',
  ),
  thirdAuthUnreachable: call(
    'APIG.0616',
    500,
    'THIRD_AUTH_CONF_FAILURE',
    'The third-party authentication service cannot be reached.',
  ),
  thirdAuthAnswerInvalid: call(
    'APIG.0617',
    500,
    'THIRD_AUTH_CONF_FAILURE',
    'The third-party authentication service gave an unusable answer.',
  ),

  // What the caller may do.
  clientAddressUnknown: call('APIG.0401', 403, 'ACCESS_DENIED', 'Unknown client IP address.'),
  addressRefused: call(
    'APIG.0402',
    403,
    'ACCESS_DENIED',
    'The IP address is not authorized to access the API.',
  ),
  accountRefused: call(
    'APIG.0302',
    403,
    'ACCESS_DENIED',
    'The IAM user is not authorized to access the API.',
  ),
  appNotAuthorized: call('APIG.0304', 403, 'UNAUTHORIZED', 'The app is not authorized to access the API.'),
  accessDenied: call('APIG.0306', 403, 'ACCESS_DENIED', 'API access denied.'),
  appAddressRefused: call(
    'APIG.0405',
    403,
    'ACCESS_DENIED',
    'The app is not accessed from a trusted IP address.',
  ),
  throttled: call(
    'APIG.0308',
    429,
    'THROTTLED',
    'The throttling threshold has been reached: policy {dimension} over ratelimit,limit:{limit},time:{interval} {unit}',
  ),
  appQuotaUsedUp: call('APIG.0501', 405, 'DEFAULT_4XX', 'The app quota has been used up.'),
  appFrozen: call('APIG.0502', 405, 'DEFAULT_4XX', 'The app has been frozen.'),

  // The backend.
  backendMissing: call('APIG.0103', 500, 'DEFAULT_5XX', 'The backend does not exist.'),
  pluginMissing: call('APIG.0104', 500, 'DEFAULT_5XX', 'The plug-in does not exist.'),
  backendSettingsMissing: call('APIG.0105', 500, 'DEFAULT_5XX', 'The backend configuration does not exist.'),
  scriptFault: call('APIG.0107', 500, 'DEFAULT_5XX', 'The script failed.'),
  backendUnavailable: call('APIG.0202', 502, 'BACKEND_UNAVAILABLE', 'Backend unavailable'),
  circuitOpen: call('APIG.0202', 503, 'DEFAULT_5XX', 'Backend unavailable: circuit breaker open'),
  backendTimeout: call('APIG.0203', 504, 'BACKEND_TIMEOUT', 'Backend timeout'),
  backendAddressForbidden: call(
    'APIG.0404',
    403,
    'ACCESS_DENIED',
    'Access to the backend IP address is forbidden.',
  ),
  backendNameUnresolved: call('APIG.0605', 500, 'BACKEND_UNAVAILABLE', 'Domain name resolution failed.'),
  channelMissing: call('APIG.0609', 500, 'DEFAULT_5XX', 'The load balance channel does not exist.'),
  noUsableMember: call('APIG.0610', 502, 'BACKEND_UNAVAILABLE', 'No backend available.'),
  backendPortMissing: call('APIG.0611', 500, 'DEFAULT_5XX', 'The backend port does not exist.'),
  apiCallsItself: call('APIG.0612', 500, 'DEFAULT_5XX', 'An API cannot call itself.'),
  backendSigningFailed: call('APIG.0705', 500, 'DEFAULT_5XX', 'Backend signature calculation failed.'),

  // The gateway.
  internal: call('APIG.0601', 500, 'DEFAULT_5XX', 'Internal server error.'),
  configurationNotLoadable: call('APIG.0606', 500, 'DEFAULT_5XX', 'Failed to load the API configurations.'),

  // The endpoints for app tokens and public keys.
  refreshTokenExpired: call('APIG.1001', 401, 'DEFAULT_4XX', 'The refresh token has expired.'),
  accessTokenExpired: call('APIG.1002', 401, 'DEFAULT_4XX', 'The access token has expired.'),
  tokenOfOtherApp: call('APIG.1003', 401, 'DEFAULT_4XX', 'The token was issued to another app.'),
  tokenAppGone: call('APIG.1004', 401, 'DEFAULT_4XX', 'The app of the token does not exist.'),
  publicKeyMissing: call('APIG.2102', 400, 'DEFAULT_4XX', 'PublicKey is null'),
  tokenKeyInvalid: call('APIG.2201', 400, 'DEFAULT_4XX', 'The app key or secret is invalid.'),
  refreshTokenInvalid: call('APIG.2202', 400, 'DEFAULT_4XX', 'The refresh token is invalid.'),
  accessTokenInvalid: call('APIG.2203', 400, 'DEFAULT_4XX', 'The access token is invalid.'),
  tokenContentTypeInvalid: call('APIG.2204', 400, 'DEFAULT_4XX', 'The content type is invalid.'),
  tokenAuthParameterInvalid: call(
    'APIG.2205',
    400,
    'DEFAULT_4XX',
    'The authentication parameter is invalid.',
  ),
  tokenAuthMethodInvalid: call('APIG.2206', 400, 'DEFAULT_4XX', 'The authentication method is invalid.'),
  throughDataTooLong: call('APIG.2208', 400, 'DEFAULT_4XX', 'through_data may have at most 300 characters.'),
  grantTypeInvalid: call(
    'APIG.2209',
    400,
    'DEFAULT_4XX',
    'grant_type must be client_credentials or refresh_token.',
  ),
  grantTypeMissing: call('APIG.2210', 400, 'DEFAULT_4XX', 'grant_type is missing.'),
  clientIdMissing: call('APIG.2211', 400, 'DEFAULT_4XX', 'client_id is missing.'),
  clientSecretMissing: call('APIG.2212', 400, 'DEFAULT_4XX', 'client_secret is missing.'),
  refreshTokenMissing: call('APIG.2213', 400, 'DEFAULT_4XX', 'refresh_token is missing.'),
} as const;

/** One row of {@link callErrors}. */
export interface CallErrorEntry<
  Code extends string = string,
  Status extends number = number,
  Message extends string = string,
> {
  readonly code: Code;
  readonly status: Status;
  /** The answer's kind, by which a group's gateway response is chosen. */
  readonly type: GatewayResponseType;
  /** Text with `{field}` placeholders. */
  readonly message: Message;
}

function call<Code extends `APIG.${string}`, Status extends number, Message extends string>(
  code: Code,
  status: Status,
  type: GatewayResponseType,
  message: Message,
): CallErrorEntry<Code, Status, Message> {
  return { code, status, type, message };
}
