import { tiedTo } from '../../behaviour/view.ts';
import type { Rule } from '../rule.ts';

/** A signature that nobody is sent. */
export const signatureWithoutBackend: Rule = {
  name: 'signature-without-backend',
  severity: 'warning',
  title: 'A signature key is bound to an API without an HTTP backend.',
  check: (view) =>
    view.published
      .filter(({ definition }) => definition.httpBackend === undefined)
      .flatMap((published) =>
        tiedTo(view, 'signatureBinding', 'signatureKey', published).map((object) => ({
          object,
          message: `The signature key ${String(object.body['name'])} signs nothing for API ${published.api} in ${published.environment}: it has no HTTP backend.`,
        })),
      ),
};
