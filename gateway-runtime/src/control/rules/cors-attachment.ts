import { fail, parseContent } from '@apig/sdk/contract';
import type { ConfigurationReader, Stored } from '../../store/configuration.ts';
import type { Place } from '../publication.ts';
import { shapeOfPath } from './api.ts';

/**
 * Refuses to attach a plug-in for cross-origin calls where it could not answer for the whole path: a browser asks for a
 * path before it says which of its APIs it will call.
 *
 * Source: user guide, "Configuring a CORS Policy".
 *
 * @throws `valueInvalid` when the path has an API of method OPTIONS, which answers instead; when another API of the
 *   path has another such plug-in; and for a plug-in that does not permit the API's own method
 */
export function assertCorsFits(
  configuration: ConfigurationReader,
  plugin: Stored<'plugin'>,
  api: Stored<'api'>,
  { environmentId }: Place,
): void {
  if (plugin.body.type !== 'cors') return;
  const { groupId, path, method } = api.body;
  const shape = shapeOfPath(path);
  const onPath = configuration
    .by('api', 'groupId', groupId)
    .filter(({ body }) => shapeOfPath(body.path) === shape);
  if (onPath.some(({ body }) => body.method === 'OPTIONS'))
    throw refused(`expected no API of method OPTIONS on ${path}`);
  const isOther = onPath.some(
    ({ id }) =>
      id !== api.id &&
      configuration
        .by('pluginAttachment', 'apiId', id)
        .some(
          ({ body }) =>
            body.environmentId === environmentId &&
            body.pluginId !== plugin.id &&
            configuration.get('plugin', body.pluginId)?.body.type === 'cors',
        ),
  );
  if (isOther) throw refused(`expected the plug-in of type cors that other APIs of ${path} have`);
  const permitted = parseContent('cors', plugin.body.content)
    .allow_methods?.toUpperCase()
    .split(/\s*,\s*/);
  if (permitted !== undefined && method !== 'ANY' && !permitted.includes(method) && !permitted.includes('*'))
    throw refused(`expected a plug-in that permits ${method}`);
}

function refused(reason: string): Error {
  return fail('valueInvalid', { reason, field: 'api_ids' });
}
