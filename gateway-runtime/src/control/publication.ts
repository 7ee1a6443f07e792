import { fail } from '@apig/sdk/contract';
import type { ConfigurationReader, Stored } from '../store/configuration.ts';
import type { WriteScope } from './context.ts';
import { newId } from './ids.ts';
import { limitOf } from './limits.ts';
import { required } from './lookup.ts';
import { toVersionNumber } from './times.ts';
import { assertUsable, variablesFor } from './variables.ts';
import { withVariables } from '../variables.ts';

/** An API and the environment in which callers find it. */
export interface Place {
  readonly gatewayId: string;
  readonly apiId: string;
  readonly environmentId: string;
}

/** The pair of an API and an environment; undefined until it was published there for the first time. */
export function publicationAt(
  configuration: ConfigurationReader,
  { apiId, environmentId }: Place,
): Stored<'publication'> | undefined {
  return configuration
    .by('publication', 'apiId', apiId)
    .find(({ body }) => body.environmentId === environmentId);
}

/** A version of an API, and the pair of API and environment that it is or was in force for. */
export interface Published {
  readonly publication: Stored<'publication'>;
  readonly version: Stored<'apiVersion'>;
}

/** Puts the API as it is now in force, as a new version. The pair keeps its ID, and with it all that is bound to it. */
export function publish(scope: WriteScope, place: Place, remark: string): Published {
  const { draft } = scope;
  const { gatewayId, apiId, environmentId } = place;
  const api = required(draft, 'api', gatewayId, apiId);
  required(draft, 'environment', gatewayId, environmentId);
  const variables = variablesFor(api.body, environmentId, draft);
  const publishTime = draft.now;
  const version = draft.put('apiVersion', newId(), {
    ...place,
    versionNo: toVersionNumber(publishTime),
    publishTime,
    remark,
    definition: api.body,
    ...(variables !== undefined && { variables }),
  });
  const id = publicationAt(draft, place)?.id ?? newId();
  const publication = draft.put('publication', id, { ...place, versionId: version.id, publishTime });
  dropOldVersions(scope, place, version.id);
  return { publication, version };
}

/** Takes an API out of an environment. Its versions stay, and so does what is bound to it. Returns the version that was in force. */
export function takeOffline({ draft }: WriteScope, place: Place): Published {
  const { gatewayId, apiId, environmentId } = place;
  required(draft, 'api', gatewayId, apiId);
  required(draft, 'environment', gatewayId, environmentId);
  const publication = publicationAt(draft, place);
  const versionId = publication?.body.versionId;
  if (publication === undefined || versionId === undefined) {
    throw fail('publicationNotFound', { id: `${apiId}/${environmentId}` });
  }
  putOffline({ draft }, publication);
  return { publication, version: required(draft, 'apiVersion', gatewayId, versionId) };
}

/** Puts an older version, or a newer one, in force in the environment for which it was published. */
export function switchVersion(
  { draft }: WriteScope,
  gatewayId: string,
  apiId: string,
  versionId: string,
): Published {
  required(draft, 'api', gatewayId, apiId);
  const version = required(draft, 'apiVersion', gatewayId, versionId);
  if (version.body.apiId !== apiId) throw fail('apiVersionNotFound', { id: versionId });
  const { environmentId } = version.body;
  const before = publicationAt(draft, { gatewayId, apiId, environmentId });
  if (before?.body.versionId === undefined) {
    throw fail('publicationNotFound', { id: `${apiId}/${environmentId}` });
  }
  assertUsable(withVariables(version.body.definition, version.body.variables), 'url_domain');
  const body = { ...before.body, versionId, publishTime: draft.now };
  return { publication: draft.put('publication', before.id, body), version };
}

/** Removes a version. When it is the one in force, the API goes offline in its environment. */
export function removeVersion({ draft }: WriteScope, gatewayId: string, versionId: string): void {
  const version = required(draft, 'apiVersion', gatewayId, versionId);
  const publication = publicationAt(draft, version.body);
  if (publication?.body.versionId === versionId) putOffline({ draft }, publication);
  draft.remove(version);
}

function putOffline({ draft }: Pick<WriteScope, 'draft'>, { id, body }: Stored<'publication'>): void {
  const { gatewayId, apiId, environmentId, publishTime } = body;
  draft.put('publication', id, { gatewayId, apiId, environmentId, publishTime });
}

function dropOldVersions({ draft, limits }: WriteScope, { apiId, environmentId }: Place, kept: string): void {
  const versions = draft
    .by('apiVersion', 'apiId', apiId)
    .filter(({ id, body }) => body.environmentId === environmentId && id !== kept);
  const limit = limitOf(limits, 'API_VERSION_NUM_LIMIT', 10) - 1;
  for (const version of versions.slice(0, Math.max(0, versions.length - limit))) draft.remove(version);
}
