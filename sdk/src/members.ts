import type { Description } from './describe.ts';

/** The field that holds what a binding ties together, several of which may be objects of different programs. */
export function memberField({ operations }: Pick<Description, 'operations'>): string | undefined {
  if (operations.shape === 'binding') return 'apiIds';
  return operations.shape === 'membership' ? operations.members.field : undefined;
}
