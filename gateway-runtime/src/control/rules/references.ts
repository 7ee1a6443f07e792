import { descriptionOf, referencesIn } from '@apig/sdk/contract';
import type { ConfigurationReader } from '../../store/configuration.ts';
import { valuesOf } from '../lookup.ts';

/** Whether an API of a gateway refers to an object: as it is, or as it is published anywhere. */
export function isUsedByApi(
  configuration: ConfigurationReader,
  gatewayId: string,
  kind: 'loadBalanceChannel' | 'authorizer',
  id: string,
): boolean {
  const { input } = descriptionOf('api');
  const drafts = configuration.by('api', 'gatewayId', gatewayId).map(({ body }) => body);
  const published = configuration.by('publication', 'gatewayId', gatewayId).flatMap(({ body }) => {
    const version =
      body.versionId === undefined ? undefined : configuration.get('apiVersion', body.versionId);
    return version === undefined ? [] : [version.body.definition];
  });
  return [...drafts, ...published].some((body) =>
    referencesIn(input, valuesOf({ body })).some((each) => each.kind === kind && each.id === id),
  );
}
