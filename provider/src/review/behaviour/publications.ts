import { descriptionOf, type Json } from '@apig/sdk/contract';
import { stableId, type ConfiguredObject } from './configuration.ts';
import type { Resource } from './resources.ts';

/** An API as a program declares it. */
export interface PublishedApi {
  readonly definition: Json;
  /** Undefined where a state does not say it. */
  readonly digest: string | undefined;
}

/** What a deployment is made from. */
export interface Publishable {
  readonly apis: ReadonlyMap<string, PublishedApi>;
  /** The APIs on the other side of the plan: a deployment that stays keeps what it has published. */
  readonly formerApis: ReadonlyMap<string, PublishedApi>;
  /** Values of environment variables. */
  readonly variables: readonly Json[];
}

const VARIABLE = /#([A-Za-z][\w-]{2,31})#/g;

/** What a deployment has in force. Nothing where its API is not known, which is said. */
export function publish(
  deployment: Resource & { readonly settled: Json },
  { apis, formerApis, variables }: Publishable,
): { readonly objects: readonly ConfiguredObject[]; readonly note?: string } {
  const { settled, name } = deployment;
  const { gatewayId, apiId, environmentId, apiDigest, version } = settled;
  const present = apis.get(String(apiId));
  if (present === undefined) {
    const note = `The API of the ${descriptionOf('deployment').title} ${name} is not part of the plan, and left out of the comparison of behaviour.`;
    return { objects: [], note };
  }
  const former = formerApis.get(String(apiId));
  const isStale = present.digest !== undefined && apiDigest !== present.digest;
  const keepsFormer = isStale && former?.digest !== undefined && former.digest === apiDigest;
  const { definition } = keepsFormer ? former : present;
  const values = valuesFor(definition, String(environmentId), variables);
  const place = { gatewayId, apiId, environmentId };
  const versionId = stableId('apiVersion', String(apiId), String(environmentId));
  const publishTime = '2000-01-01T00:00:00.000Z';
  const body = {
    ...place,
    versionNo: '20000101000000',
    publishTime,
    remark: '',
    definition,
    ...(Object.keys(values).length > 0 && { variables: values }),
  };
  const publicationId = stableId('publication', String(apiId), String(environmentId));
  return {
    objects: [
      { kind: 'apiVersion', id: versionId, body },
      { kind: 'publication', id: publicationId, body: { ...place, versionId, publishTime } },
    ],
    ...(version !== undefined && {
      note: `The deployment ${name} puts version ${typeof version === 'string' ? version : 'of an earlier time'} in force; it is compared as the API is now.`,
    }),
  };
}

function valuesFor(definition: Json, environmentId: string, variables: readonly Json[]): Json {
  const text = JSON.stringify([definition['httpBackend'], definition['httpPolicies']]);
  const names = new Set([...text.matchAll(VARIABLE)].map((match) => match[1] ?? ''));
  return Object.fromEntries(
    variables
      .filter(
        (each) =>
          each['groupId'] === definition['groupId'] &&
          each['environmentId'] === environmentId &&
          names.has(String(each['name'])),
      )
      .map((each) => [String(each['name']), each['value']]),
  );
}
