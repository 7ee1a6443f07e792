/** A cloud with gateways. */
interface Cloud {
  readonly title: string;
  /** Domain of its endpoints: `apig.<region>.<domain>`. */
  readonly domain: string;
  /** Regions that are this cloud's, where nothing else says which cloud is meant. */
  readonly regions: RegExp;
}

/*
 * The clouds, the more particular first. Open Telekom Cloud documents API Gateway in eu-de; in its other regions the
 * endpoints of other services have the same form. Sources: Open Telekom Cloud, Regions and Endpoints; the table of regions
 * in Huawei Cloud's SDKs, such as services/apig/v2/ApigRegion.ts of huaweicloud-sdk-nodejs-v3.
 */
const CLOUDS: readonly Cloud[] = [
  { title: 'Swiss Open Telekom Cloud', domain: 'sc.otc.t-systems.com', regions: /^eu-ch2$/ },
  { title: 'Open Telekom Cloud', domain: 'otc.t-systems.com', regions: /^eu-(?:de|nl)$/ },
  { title: 'Huawei Cloud in Europe', domain: 'myhuaweicloud.eu', regions: /^eu-west-101$/ },
  { title: 'Huawei Cloud', domain: 'myhuaweicloud.com', regions: /^[a-z]+-[a-z]+-\d+$/ },
];

/** What differs between the clouds and `@apig/gateway-runtime`, and what the provider makes of it. */
export interface Difference {
  readonly topic: string;
  readonly cloud: string;
  readonly runtime: string;
  readonly provider: string;
}

/** Every such difference, for code that shows them and for the documentation. */
export const DIFFERENCES: readonly Difference[] = [
  {
    topic: 'Endpoint',
    cloud: 'one for each region, `https://apig.<region>.<domain>`',
    runtime: 'where it listens',
    provider: 'takes `apig:endpoint`, or makes it of region and identity service',
  },
  {
    topic: 'Gateway',
    cloud: 'made, changed and removed in the background, in minutes',
    runtime: 'at once',
    provider: 'asks until it is ready, up to 30 minutes unless told otherwise',
  },
  {
    topic: 'Consistency',
    cloud: 'what was written may be missing from the next answer',
    runtime: 'what is acknowledged is in force',
    provider:
      'waits up to a minute for publications that something is bound to; finds again by name what got no answer',
  },
  {
    topic: 'Two writes at a time',
    cloud: 'one may be refused for a moment, and calls are limited',
    runtime: 'one after the other',
    provider:
      'sends 8 calls at a time, and again after 429, 503 and conflicts, as long as `Retry-After` says',
  },
  {
    topic: 'Changesets',
    cloud: 'none: each write is in force by itself',
    runtime: 'writes come in force together',
    provider: '`apig up` uses them where they are',
  },
  {
    topic: 'Revisions, snapshots',
    cloud: 'none',
    runtime: 'below `/runtime/v1/`',
    provider: 'does without',
  },
  {
    topic: 'Network',
    cloud: 'VPC, subnet and security group must exist',
    runtime: 'takes any IDs',
    provider: 'passes them on',
  },
  {
    topic: 'Functions',
    cloud: 'FunctionGraph runs them',
    runtime: 'its functions file says where they are',
    provider: 'names them by URN',
  },
];

/**
 * The endpoint of a region; undefined where nothing says whose region it is.
 *
 * @param region as it is named, or as the name of a project begins
 * @param authUrl address of the identity service, which is one for all regions or that of a region
 */
export function endpointOf(region: string | undefined, authUrl: string | undefined): string | undefined {
  if (authUrl === undefined) {
    const cloud = CLOUDS.find(({ regions }) => region !== undefined && regions.test(region));
    return cloud && region && toEndpoint(region, cloud);
  }
  const [, place] = /^iam(?:-\w+)?\.(.+)$/.exec(URL.parse(authUrl)?.hostname ?? '') ?? [];
  const cloud = CLOUDS.find(({ domain }) => place === domain || place?.endsWith(`.${domain}`));
  if (place === undefined || cloud === undefined) return undefined;
  const ofHost = place.slice(0, -cloud.domain.length - 1) || undefined;
  // The identity service of one region knows the others of its cloud too.
  const named =
    region !== undefined && (ofHost === undefined || cloud.regions.test(region)) ? region : ofHost;
  return named && toEndpoint(named, cloud);
}

function toEndpoint(region: string, { domain }: Cloud): string {
  return `https://apig.${region}.${domain}`;
}
