import type { JsonSchema } from '../fields.ts';
import type { Area, Parameter } from './operation.ts';
import { filter, flag, list, object, text } from './schemas.ts';

const LINKS = object({ self: text('Address.'), previous: { type: 'null' }, next: { type: 'null' } });
const SELF = object({ self: text('Address.') });
const DOMAIN = object({ id: text('ID of the account.'), name: text('Name of the account.') });

const VERSION = object({
  id: text('Version.'),
  status: text('Its status.'),
  updated: text('Time of the last change.'),
  links: list(object({ rel: text('What it is.'), href: text('Address.') })),
  'media-types': list(object({ base: text('Media type.'), type: text('Media type.') })),
});

const CATALOG = list(
  object({
    id: text('ID.'),
    type: text('Type of the service.'),
    name: text('Name of the service.'),
    endpoints: list(
      object({
        id: text('ID.'),
        interface: text('Who uses it.'),
        region: text('Region.'),
        region_id: text('Region.'),
        url: text('Address, here.'),
      }),
    ),
  }),
  'Services, all at this address.',
);

const TOKEN = object({
  token: object(
    {
      methods: list(text(), 'How the caller proved who it is.'),
      issued_at: text('Time of issue.'),
      expires_at: text('Time until which it is valid.'),
      user: object({
        id: text('ID of the user.'),
        name: text('Name of the user.'),
        domain: DOMAIN,
        password_expires_at: text('Empty.'),
      }),
      roles: list(object({ id: text('ID.'), name: text('Name.') })),
      catalog: CATALOG,
      domain: DOMAIN,
      project: object({ id: text('ID of the project.'), name: text('Name of the project.'), domain: DOMAIN }),
    },
    ['domain', 'project'],
  ),
});

const PROJECTS = object({
  projects: list(
    object({
      id: text('ID.'),
      name: text('Name, that of a region.'),
      domain_id: text('ID of the account.'),
      parent_id: text('ID of the account.'),
      is_domain: flag('No.'),
      enabled: flag('Yes.'),
      description: text('Empty.'),
      links: SELF,
    }),
  ),
  links: LINKS,
});

const PROJECT_FILTERS = [
  filter('id', 'Only this one.'),
  filter('name', 'Only those of this name.'),
  filter('domain_id', 'Only those of this account.'),
  filter('parent_id', 'Only those of this account.'),
];

const SCOPE: JsonSchema = {
  type: 'object',
  properties: {
    project: partialOf({
      id: text('ID of the project.'),
      name: text('Name of the project.'),
      domain: anyDomain(),
    }),
    domain: anyDomain(),
  },
  description: 'What the token is for. Left out: the first project of the user.',
};

const LOGIN = object({
  auth: object(
    {
      identity: {
        type: 'object',
        properties: {
          methods: {
            type: 'array',
            items: { type: 'string', enum: ['password', 'hw_ak_sk', 'token'] },
            description: 'How the caller proves who it is: one of the fields beside it.',
          },
          password: partialOf({
            user: partialOf({
              name: text('Name of the user.'),
              password: {
                ...text('Its password: the secret of an access key.'),
                format: 'password',
                writeOnly: true,
              },
              domain: anyDomain(),
            }),
          }),
          hw_ak_sk: partialOf({
            access: partialOf({ key: text('Access key.') }),
            secret: partialOf({
              key: { ...text('Its secret.'), format: 'password', writeOnly: true },
            }),
          }),
          token: partialOf({ id: { ...text('A token.'), format: 'password', writeOnly: true } }),
        },
        required: ['methods'],
      },
      scope: SCOPE,
    },
    ['scope'],
  ),
});

const SUBJECT: Parameter = {
  name: 'X-Subject-Token',
  schema: text(),
  required: true,
  description: 'The token that is asked about.',
};

/** What clients of the cloud ask its identity service before the first call of the management API. */
export const identityOperations: Area = {
  title: 'identity',
  text: 'Who is who, as clients of the cloud ask its identity service; what it leads to is at the same address.',
  operations: [
    {
      id: 'listIdentityVersions',
      title: 'List the versions of the identity service',
      source: 'IAM API reference, "Querying the Version Information of Keystone APIs"',
      method: 'GET',
      path: '/',
      status: 200,
      isOpen: true,
      answer: object({ versions: object({ values: list(VERSION) }) }),
      errors: [],
    },
    {
      id: 'getIdentityVersion',
      title: 'Read the version of the identity service',
      source: 'IAM API reference, "Querying Information About Keystone API Version 3.0"',
      method: 'GET',
      path: '/v3',
      status: 200,
      isOpen: true,
      answer: object({ version: VERSION }),
      errors: [],
    },
    {
      id: 'createToken',
      title: 'Obtain a token',
      source: 'IAM API reference, "Obtaining a User Token"',
      method: 'POST',
      path: '/v3/auth/tokens',
      status: 201,
      isOpen: true,
      request: LOGIN,
      answer: TOKEN,
      answerHeaders: { 'X-Subject-Token': 'The token.' },
      errors: ['bodyInvalid', 'loginNotOffered', 'loginRefused', 'tooManyLogins'],
    },
    {
      id: 'getToken',
      title: 'Read what a token is for',
      source: 'IAM API reference, "Verifying a Token"',
      method: 'GET',
      path: '/v3/auth/tokens',
      status: 200,
      headers: [SUBJECT],
      answer: TOKEN,
      answerHeaders: { 'X-Subject-Token': 'The token.' },
      errors: ['tokenMissing', 'tokenNotFound'],
    },
    {
      id: 'revokeToken',
      title: 'Revoke a token',
      source: 'Keystone Identity API v3, "Revoke token"',
      method: 'DELETE',
      path: '/v3/auth/tokens',
      status: 204,
      headers: [SUBJECT],
      errors: ['tokenMissing', 'tokenNotFound'],
    },
    {
      id: 'getCatalog',
      title: 'List the services',
      source: 'IAM API reference, "Querying a Service Catalog"',
      method: 'GET',
      path: '/v3/auth/catalog',
      status: 200,
      answer: object({ catalog: CATALOG, links: LINKS }),
      errors: ['tokenMissing'],
    },
    {
      id: 'listProjects',
      title: 'List the projects',
      source: 'IAM API reference, "Querying Project Information"',
      method: 'GET',
      path: '/v3/projects',
      status: 200,
      query: PROJECT_FILTERS,
      answer: PROJECTS,
      errors: ['tokenMissing'],
    },
    {
      id: 'listOwnProjects',
      title: 'List the projects of the caller',
      source: 'IAM API reference, "Querying Project Information Accessible to a User"',
      method: 'GET',
      path: '/v3/auth/projects',
      status: 200,
      query: PROJECT_FILTERS,
      answer: PROJECTS,
      errors: ['tokenMissing'],
    },
    {
      id: 'listOwnDomains',
      title: 'List the accounts of the caller',
      source: 'IAM API reference, "Querying Account Information Accessible to a User"',
      method: 'GET',
      path: '/v3/auth/domains',
      status: 200,
      query: [filter('id', 'Only this one.'), filter('name', 'Only those of this name.')],
      answer: object({
        domains: list(
          object({
            id: text('ID.'),
            name: text('Name.'),
            enabled: flag('Yes.'),
            description: text('Empty.'),
            links: SELF,
          }),
        ),
        links: LINKS,
      }),
      errors: ['tokenMissing'],
    },
  ],
};

function partialOf(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', properties };
}

function anyDomain(): JsonSchema {
  return partialOf({ id: text('ID of the account.'), name: text('Name of the account.') });
}
