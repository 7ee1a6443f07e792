import { fail, type ApigError } from '@apig/sdk/contract';

/** Paths below a project that manage gateways, as opposed to what is in one: their errors have codes of their own. */
const MANAGEMENT =
  /^(?:instances(?:\/[^/]+(?:\/(?:progress|restriction|postpaid-resize|eip|nat-eip|ingress-eip|instance-tags(?:\/action)?))?)?|instance-tags|resource-instances\/(?:filter|count)|available-zones)\/?$/;

/** Whether the path of a request is one that manages gateways. */
export function isManagementPath(path: string): boolean {
  const below = /^\/v2\/[^/]+\/apigw\/(.*)$/.exec(path.split('?', 1)[0] ?? '')?.[1];
  return below !== undefined && MANAGEMENT.test(below);
}

/** The caller is unknown, or has not proved to be who it says it is. */
export function unauthenticated(path: string): ApigError {
  return fail(isManagementPath(path) ? 'managementTokenMissing' : 'tokenMissing');
}

/** The path is about a project that is not the caller's. */
export function otherProject(path: string, id: string): ApigError {
  return isManagementPath(path) ? fail('gatewayOfOtherProject', { id }) : fail('methodNotPermitted');
}

/** The service failed; the log says why. */
export function unexpected(path: string, cause: unknown): ApigError {
  return fail(isManagementPath(path) ? 'managementUnknownFault' : 'unknownFault', {}, { cause });
}

/** The request names another server. */
export function otherHost(): ApigError {
  return fail('hostUnknown');
}

/** There is nothing at the path. */
export function noSuchPath(): ApigError {
  return fail('pathUnknown');
}

/** The path has other methods only. */
export function noSuchMethod(): ApigError {
  return fail('methodUnknown');
}

/** The body is longer than any request needs. */
export function bodyTooLong(limitBytes: number): ApigError {
  return fail('bodyTooLong', { limit: limitBytes });
}
