import type { Rule } from '../rule.ts';
import { grouped } from '../shapes.ts';

/** A domain that two groups are to answer on. */
export const duplicateDomain: Rule = {
  name: 'duplicate-domain',
  severity: 'error',
  title: 'A domain is bound twice in a gateway.',
  check: (view) =>
    grouped(view.all('domain'), ({ body }) =>
      JSON.stringify([body['gatewayId'], String(body['name']).toLowerCase().replace(/\.$/, '')]),
    ).flatMap(([, ...others]) =>
      others.map((object) => ({
        object,
        message: `The domain ${String(object.body['name'])} is bound twice in its gateway: the service takes one of them only.`,
      })),
    ),
};
