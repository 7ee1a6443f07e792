import { pageSchema, PAGING, schemaRef, type Area } from './operation.ts';
import { filter, flag, list, MALFORMED, MISPAGED, object, someText, text, whole } from './schemas.ts';

const OF_PROJECT = ['tokenMissing', 'methodNotPermitted', 'certificateNotFound'] as const;

const DOMAINS = object({
  domains: {
    type: 'array',
    minItems: 1,
    items: object(
      {
        domain: someText('Name of the domain.'),
        instance_ids: list(
          text(),
          'Gateways whose domains are meant. Left out: all that may use the certificate.',
        ),
        verified_client_certificate_enabled: flag('Whether callers must show a certificate.'),
      },
      ['instance_ids', 'verified_client_certificate_enabled'],
    ),
  },
});

/** Which domains have a certificate. */
export const certificateOperations: Area = {
  title: 'certificate',
  operations: [
    {
      id: 'listCertificateDomains',
      title: 'List the domains that it is attached to',
      source: 'API reference, "Querying Domain Names of a Certificate"',
      method: 'GET',
      path: 'certificates/{id}/attached-domains',
      status: 200,
      query: [...PAGING, filter('url_domain', 'Only domains with this in their names.')],
      answer: pageSchema('bound_domains', {
        ...schemaRef('Domain'),
        required: [
          'id',
          'url_domain',
          'status',
          'ssl_id',
          'ssl_name',
          'api_group_id',
          'api_group_name',
          'instance_id',
        ],
        properties: {
          status: whole('Whether the name leads here; 3: it does.'),
          ssl_id: text('ID of the certificate.'),
          ssl_name: text('Name of the certificate.'),
          api_group_id: text('ID of the group that has the domain.'),
          api_group_name: text('Name of that group.'),
          instance_id: text('ID of its gateway.'),
        },
      }),
      errors: [...OF_PROJECT, ...MISPAGED],
    },
    {
      id: 'attachCertificate',
      title: 'Attach to domains',
      source: 'API reference, "Binding an SSL Certificate to Domain Names"',
      method: 'POST',
      path: 'certificates/{id}/domains/attach',
      status: 204,
      request: DOMAINS,
      errors: [...OF_PROJECT, ...MALFORMED, 'domainNotFound', 'certificateNotForDomain'],
    },
    {
      id: 'detachCertificate',
      title: 'Detach from domains',
      source: 'API reference, "Unbinding an SSL Certificate from Domain Names"',
      method: 'POST',
      path: 'certificates/{id}/domains/detach',
      status: 204,
      request: DOMAINS,
      errors: [...OF_PROJECT, ...MALFORMED, 'domainHasNoCertificate'],
    },
  ],
};
