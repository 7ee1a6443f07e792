import { parseAddressRange, type AddressRange } from '@apig/sdk/contract';
import type { ResourceValidationPolicy } from '@pulumi/policy';
import { isKind, known } from './declared.ts';

/** An access control policy that permits every address is none, and looks like one. */
export const noOpenAcl: ResourceValidationPolicy = {
  name: 'apig-no-open-acl',
  description: 'A list of who may call does not list everybody.',
  enforcementLevel: 'mandatory',
  validateResource: ({ type, props }, report) => {
    if (isKind('acl', type) && (known(props, 'type') !== 'PERMIT' || known(props, 'entityType') !== 'IP'))
      return;
    if (isKind('appAcl', type) && known(props, 'type') !== 'PERMIT') return;
    if (!isKind('acl', type) && !isKind('appAcl', type)) return;
    const values = known(props, 'values');
    if (!Array.isArray(values)) return;
    const ranges = values.flatMap((value) => parseAddressRange(String(value)) ?? []);
    for (const family of [4, 6] as const) {
      if (
        coversAll(
          ranges.filter((range) => range.family === family),
          family,
        )
      )
        report(`values: expected some addresses; these permit every IPv${family} address`);
    }
  },
};

/** Whether ranges of one family leave no address out, however they are cut. */
function coversAll(ranges: readonly AddressRange[], family: 4 | 6): boolean {
  let next = 0n;
  for (const { first, last } of ranges.toSorted((one, other) => (one.first < other.first ? -1 : 1))) {
    if (first > next) return false;
    if (last >= next) next = last + 1n;
  }
  return next === 1n << (family === 4 ? 32n : 128n);
}
