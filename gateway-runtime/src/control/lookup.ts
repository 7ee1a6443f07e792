import { descriptionOf, fail, type ControlErrorName, type Json, type Kind } from '@apig/sdk/contract';
import type { Account } from '../identity.ts';
import {
  environmentKey,
  type ConfigurationReader,
  type Stored,
  type StoredKind,
} from '../store/configuration.ts';

/** The fields of an object, for code that works on any kind. */
export function valuesOf(object: Pick<Stored, 'body'>): Json {
  // The bodies of all kinds are plain objects; their own types say nothing of a kind that is not known.
  return object.body as unknown as Json;
}

/** An object of a gateway; undefined when it is not there or of another gateway. */
export function find<K extends Exclude<StoredKind, 'gateway'>>(
  configuration: ConfigurationReader,
  kind: K,
  gatewayId: string,
  id: string,
): Stored<K> | undefined {
  const object = configuration.get(kind, kind === 'environment' ? environmentKey(gatewayId, id) : id);
  return object?.body.gatewayId === gatewayId ? object : undefined;
}

/** An object of a gateway. @throws the kind's "does not exist" error, 404. */
export function required<K extends Exclude<StoredKind, 'gateway'>>(
  configuration: ConfigurationReader,
  kind: K,
  gatewayId: string,
  id: string,
): Stored<K> {
  const object = find(configuration, kind, gatewayId, id);
  if (object === undefined) throw notFound(missingError(kind), id);
  return object;
}

/** A certificate that a gateway may use. @throws certificateNotFound */
export function requiredCertificate(
  configuration: ConfigurationReader,
  gatewayId: string,
  id: string,
): Stored<'certificate'> {
  const certificate = configuration.get('certificate', id);
  const projectId = configuration.get('gateway', gatewayId)?.body.projectId;
  if (certificate === undefined || certificate.body.projectId !== projectId) {
    throw fail('certificateNotFound', { id });
  }
  if ((certificate.body.gatewayId ?? gatewayId) !== gatewayId) throw fail('certificateNotFound', { id });
  return certificate;
}

/** The gateway whose contents a path leads to. @throws gatewayOfPathNotFound, or gatewayNotOwned when it is another project's. */
export function gatewayOfPath(
  configuration: ConfigurationReader,
  account: Account,
  id: string,
): Stored<'gateway'> {
  const gateway = configuration.get('gateway', id);
  if (gateway === undefined) throw fail('gatewayOfPathNotFound', { id });
  if (gateway.body.projectId !== account.projectId) throw fail('gatewayNotOwned', { id });
  return gateway;
}

/** The gateway that is managed itself. @throws gatewayNotFound, or gatewayOfOtherProject. */
export function managedGateway(
  configuration: ConfigurationReader,
  account: Account,
  id: string,
): Stored<'gateway'> {
  const gateway = configuration.get('gateway', id);
  if (gateway === undefined) throw fail('gatewayNotFound', { id });
  if (gateway.body.projectId !== account.projectId) throw fail('gatewayOfOtherProject', { id });
  return gateway;
}

/** The error for an ID that is not there. Its message takes the ID. */
export function notFound(error: ControlErrorName, id: string): Error {
  return fail(error, { id } as never);
}

function missingError(kind: StoredKind): ControlErrorName {
  if (kind === 'apiVersion') return 'apiVersionNotFound';
  if (kind === 'publication') return 'publicationNotFound';
  if (kind === 'endpointPermission') return 'configurationNotFound';
  return descriptionOf(kind satisfies Kind).missing;
}
