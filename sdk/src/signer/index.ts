export { ALGORITHM, formatAuthorization, parseAuthorization } from './authorization.ts';
export type { Authorization, AuthorizationFailure } from './authorization.ts';
export {
  canonicalHeaders,
  canonicalPath,
  canonicalQuery,
  canonicalRequest,
  queryAsForm,
  scopedQuery,
  stringToSign,
} from './canonical-request.ts';
export { createSignableRequest, EMPTY_BODY_HASH, hashBody } from './request.ts';
export type { HeaderValues, SignableRequest } from './request.ts';
export { formatSdkDate, parseSdkDate } from './sdk-date.ts';
export { sign } from './sign.ts';
export type { SignatureHeaders, SignInput } from './sign.ts';
export { createSigningKey, SigningKey } from './signing-key.ts';
export type { Scope } from './signing-key.ts';
export { isBodySigned, MAX_CLOCK_SKEW_MS, UNSIGNED_PAYLOAD, verify } from './verify.ts';
export type { Verified, VerifyFailure } from './verify.ts';
