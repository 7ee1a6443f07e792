import type { Remark, Rule } from '../rule.ts';

/** A list of accounts on an API whose callers have none. */
export const accountListWithoutAccounts: Rule = {
  name: 'account-list-without-accounts',
  severity: 'warning',
  title: 'An ACL of accounts is bound to an API whose callers show no account.',
  check: (view) =>
    view.published.flatMap(({ acls, definition, api, environment }) =>
      acls
        .filter(({ body }) => body['entityType'] !== 'IP' && definition.authentication !== 'IAM')
        .map((object): Remark => ({
          object,
          message: `The ACL ${String(object.body['name'])} lists accounts, which callers of API ${api} in ${environment} do not show: ${
            object.body['type'] === 'PERMIT' ? 'it refuses all of them' : 'it refuses none of them'
          }.`,
        })),
    ),
};
