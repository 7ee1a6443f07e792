import { parseAddressRange } from '@apig/sdk/contract';
import { valuesOf } from '../../behaviour/addresses.ts';
import type { ConfiguredObject } from '../../behaviour/configuration.ts';
import type { Rule } from '../rule.ts';

/** A list of addresses that tells nobody from anybody. */
export const aclForEverybody: Rule = {
  name: 'acl-for-everybody',
  severity: 'warning',
  title: 'An ACL lists every address: it lets everybody in, or nobody.',
  check: (view) =>
    [...view.all('acl').filter(({ body }) => body['entityType'] === 'IP'), ...view.all('appAcl')]
      .filter(({ body }) => coversIpv4(valuesOf(body['values'])))
      .map((object) => ({ object, message: messageOf(object) })),
};

function messageOf({ kind, body }: ConfiguredObject): string {
  const title = kind === 'acl' ? `The ACL ${String(body['name'])}` : 'The ACL of an app';
  return body['type'] === 'PERMIT'
    ? `${title} permits every IPv4 address: it keeps nobody out.`
    : `${title} denies every IPv4 address: nobody can call.`;
}

/** Whether ranges, together, leave no address out. */
function coversIpv4(texts: readonly string[]): boolean {
  const ranges = texts
    .map(parseAddressRange)
    .filter((range) => range?.family === 4)
    .sort((one, other) => (one !== undefined && other !== undefined && one.first < other.first ? -1 : 1));
  let next = 0n;
  for (const range of ranges) {
    if (range === undefined || range.first > next) return false;
    if (range.last >= next) next = range.last + 1n;
  }
  return next > 0xffff_ffffn;
}
