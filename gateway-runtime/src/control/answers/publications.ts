import type { Stored } from '../../store/configuration.ts';
import type { View } from '../context.ts';
import { find } from '../lookup.ts';
import { toSeconds } from '../times.ts';

/** An environment in which an API is published. */
export interface PublishedIn {
  readonly publication: Stored<'publication'>;
  readonly environment: Stored<'environment'>;
}

/** Where an API is published, the newest publication first. */
export function publishedIn(apiId: string, { configuration }: View): readonly PublishedIn[] {
  return configuration
    .by('publication', 'apiId', apiId)
    .filter(({ body }) => body.versionId !== undefined)
    .toReversed()
    .toSorted((a, b) =>
      a.body.publishTime < b.body.publishTime ? 1 : a.body.publishTime > b.body.publishTime ? -1 : 0,
    )
    .flatMap((publication) => {
      const { gatewayId, environmentId } = publication.body;
      const environment = find(configuration, 'environment', gatewayId, environmentId);
      return environment === undefined ? [] : [{ publication, environment }];
    });
}

/** The four lists that tell where an API is published: parallel, with a bar between the items, all empty when it is nowhere. */
export function publicationLists(apiId: string, view: View): Readonly<Record<string, string>> {
  const rows = publishedIn(apiId, view);
  return {
    run_env_id: rows.map(({ environment }) => environment.id).join('|'),
    run_env_name: rows.map(({ environment }) => environment.body.name).join('|'),
    publish_id: rows.map(({ publication }) => publication.id).join('|'),
    publish_time: rows.map(({ publication }) => toSeconds(publication.body.publishTime)).join('|'),
  };
}
