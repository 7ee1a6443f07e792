import { schemaRef, type Area } from './operation.ts';
import { INSIDE, list, MALFORMED, object, partial, someText, text, whole } from './schemas.ts';

const GROUPS = 'instances/{gatewayId}/api-groups';
const TYPE = `${GROUPS}/{groupId}/gateway-responses/{responseId}/{type}`;

/** What is done with groups besides the usual operations. */
export const groupOperations: Area = {
  title: 'API group',
  operations: [
    {
      id: 'checkApiGroup',
      title: 'Ask whether a name is free',
      source: 'API reference, "Verifying an API Group Name"',
      method: 'POST',
      path: `${GROUPS}/check`,
      status: 204,
      request: object({ group_name: someText('The name.') }),
      changesNothing: true,
      errors: [...INSIDE, ...MALFORMED, 'apiGroupNameTaken'],
    },
  ],
};

const ANSWER = partial({
  status: whole('Status. Left out: each error keeps its own.', { min: 200, max: 599 }),
  body: text('Body, which may hold variables.'),
  headers: list(object({ key: text('Name.'), value: text('Value, which may hold variables.') }), 'Headers.'),
  default: { type: 'boolean', description: 'Whether nobody set this type.' },
});

const BY_TYPE = {
  type: 'object',
  additionalProperties: ANSWER,
  minProperties: 1,
  maxProperties: 1,
  description: 'The type, and what it answers.',
};

/** The types of a gateway response, one by one. */
export const gatewayResponseOperations: Area = {
  title: 'gateway response',
  operations: [
    {
      id: 'getGatewayResponseType',
      title: 'Read one type',
      source: 'API reference, "Querying the Response of an Error Type"',
      method: 'GET',
      path: TYPE,
      status: 200,
      answer: BY_TYPE,
      errors: [...INSIDE, 'apiGroupNotFound', 'gatewayResponseNotFound'],
    },
    {
      id: 'setGatewayResponseType',
      title: 'Set one type',
      source: 'API reference, "Modifying the Response of an Error Type"',
      method: 'PUT',
      path: TYPE,
      status: 200,
      request: partial({
        status: whole('Status, not 444.', { min: 200, max: 599 }),
        body: text('Body, at most 20,480 characters; may hold variables.'),
        headers: {
          type: 'array',
          maxItems: 10,
          items: object({ key: text('Name.'), value: text('Value, which may hold variables.') }),
        },
      }),
      answer: BY_TYPE,
      errors: [
        ...INSIDE,
        'bodyInvalid',
        'valueInvalid',
        'valueTooSmall',
        'valueTooLarge',
        'apiGroupNotFound',
        'gatewayResponseNotFound',
      ],
    },
    {
      id: 'resetGatewayResponseType',
      title: 'Reset one type to what it is when nobody sets it',
      source: 'API reference, "Deleting the Response of an Error Type"',
      method: 'DELETE',
      path: TYPE,
      status: 204,
      errors: [...INSIDE, 'apiGroupNotFound', 'gatewayResponseNotFound'],
    },
  ],
};

const DOMAIN = `${GROUPS}/{groupId}/domains/{id}`;
const ON_DOMAIN = [...INSIDE, 'apiGroupNotFound', 'domainNotFound', 'domainOfOtherGroup'] as const;
const CERTIFICATE_FAULTS = [
  'certificateKeyMismatch',
  'certificateExpired',
  'certificateChainOrderWrong',
  'certificateKeyEncrypted',
  'certificateKeyUnusable',
  'certificateWithoutSan',
  'certificateNotForDomain',
  'certificateEndsTooLate',
] as const;

/** The older operations by which a domain gets a certificate: one call makes and attaches it. */
export const domainOperations: Area = {
  title: 'domain binding',
  operations: [
    {
      id: 'addDomainCertificate',
      title: 'Create a certificate and attach it',
      source: 'API reference, "Adding a Certificate to a Domain Name"',
      method: 'POST',
      path: `${DOMAIN}/certificate`,
      status: 201,
      request: object({
        name: someText('Name of the certificate.', 50),
        cert_content: someText('PEM of the certificate, with those that prove it.'),
        private_key: { ...someText('PEM of its private key.'), format: 'password', writeOnly: true },
      }),
      answer: {
        ...schemaRef('Domain'),
        required: ['id', 'url_domain', 'status', 'ssl_id', 'ssl_name'],
        properties: {
          status: whole('Whether the name leads here; 3: it does.'),
          ssl_id: text('ID of the certificate.'),
          ssl_name: text('Name of the certificate.'),
        },
      },
      errors: [...ON_DOMAIN, ...MALFORMED, ...CERTIFICATE_FAULTS, 'certificateNameTaken'],
    },
    {
      id: 'getDomainCertificate',
      title: 'Read the attached certificate',
      source: 'API reference, "Querying a Certificate of a Domain Name"',
      method: 'GET',
      path: `${DOMAIN}/certificate/{certificateId}`,
      status: 200,
      answer: schemaRef('Certificate'),
      errors: [...ON_DOMAIN, 'certificateNotFound'],
    },
    {
      id: 'removeDomainCertificate',
      title: 'Detach a certificate',
      source: 'API reference, "Deleting a Certificate of a Domain Name"',
      method: 'DELETE',
      path: `${DOMAIN}/certificate/{certificateId}`,
      status: 204,
      errors: [...ON_DOMAIN, 'certificateNotFound'],
    },
  ],
};
