import type { Rule } from '../rule.ts';

/** A redirection that never happens. */
export const redirectWithoutCertificate: Rule = {
  name: 'redirect-without-certificate',
  severity: 'warning',
  title: 'A domain redirects to HTTPS and has no certificate.',
  check: (view) =>
    view
      .all('domain')
      .filter(({ body }) => body['redirectToHttps'] === true && body['certificateId'] === undefined)
      .map((object) => ({
        object,
        message: `The domain ${String(object.body['name'])} does not redirect to HTTPS: it has no certificate.`,
      })),
};
