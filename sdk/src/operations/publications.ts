import { schemaRef, type Area } from './operation.ts';
import {
  choice,
  failures,
  filter,
  ids,
  INSIDE,
  list,
  MALFORMED,
  needed,
  object,
  someText,
  text,
  time,
  whole,
} from './schemas.ts';

const APIS = 'instances/{gatewayId}/apis';

/** What an API in force in an environment is told by. */
const PUBLICATION = object({
  publish_id: text('ID of the publication.'),
  api_id: text('ID of the API.'),
  api_name: text('Name of the API.'),
  env_id: text('ID of the environment.'),
  remark: text('Remark.'),
  publish_time: time('Time of the publication.'),
  version_id: text('ID of the version in force.'),
});

/** Names of up to 32 letters, digits, dots and hyphens to texts. */
const DEBUG_VALUES = {
  type: 'object',
  propertyNames: { pattern: '^[A-Za-z][A-Za-z0-9._-]{0,31}$' },
  additionalProperties: list(text()),
  description: 'Names of up to 32 letters, digits, `.`, `_` and `-`, each with its values.',
};

/** What is done with APIs besides the usual operations. */
export const apiOperations: Area = {
  title: 'API',
  operations: [
    {
      id: 'checkApi',
      title: 'Ask whether a name, or a method with a path, is free',
      source: 'API reference, "Verifying the API Definition"',
      method: 'POST',
      path: `${APIS}/check`,
      status: 204,
      request: object(
        {
          type: choice(['path', 'name'], 'What is asked for.'),
          name: someText('The name, with type `name`.'),
          group_id: text(
            'ID of the group. Needed with type `path`; left out with `name`: in the whole gateway.',
          ),
          req_method: choice(
            ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS', 'ANY'],
            'Method, with type `path`.',
          ),
          req_uri: someText('Path, with type `path`.'),
          match_mode: choice(['NORMAL', 'SWA'], 'How the path is compared, with type `path`.'),
          api_id: text('ID of an API that does not count.'),
        },
        ['name', 'group_id', 'req_method', 'req_uri', 'match_mode', 'api_id'],
      ),
      changesNothing: true,
      errors: [...INSIDE, ...MALFORMED, 'apiNameTaken', 'apiPathTaken', 'apiGroupNotFound'],
    },
    {
      id: 'debugApi',
      title: 'Call it, and show what becomes of the call',
      source: 'API reference, "Debugging an API"',
      method: 'POST',
      path: `${APIS}/debug/{apiId}`,
      status: 200,
      request: object(
        {
          mode: choice(
            ['DEVELOPER', 'CONSUMER'],
            'What is called: the API as it is being edited, or as it is published in `stage`.',
          ),
          scheme: choice(['HTTP', 'HTTPS'], 'Over what.'),
          method: choice(['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS'], 'Method.'),
          path: { ...someText('Path, without query.', 1024), pattern: '^/' },
          query: DEBUG_VALUES,
          header: DEBUG_VALUES,
          body: text('Body, at most 2,097,152 bytes.'),
          domain: text('Domain of the group. Left out: its debug domain.'),
          stage: text('Name of the environment; `RELEASE` unless given.'),
          app_key: text('App that signs the call, together with `app_secret`.'),
          app_secret: { ...text('Its secret.'), format: 'password', writeOnly: true },
        },
        ['query', 'header', 'body', 'domain', 'stage', 'app_key', 'app_secret'],
      ),
      answer: object({
        request: text('The request as it was made.'),
        response: text('The answer. Of its body at most 2,097,152 bytes, then `[TRUNCATED]`.'),
        latency: whole('Milliseconds that it took.', { min: 0 }),
        log: text('What happened on the way.'),
      }),
      changesNothing: true,
      errors: [
        ...INSIDE,
        ...MALFORMED,
        'debugRequestInvalid',
        'apiNotFound',
        'environmentNotFound',
        'publicationNotFound',
      ],
    },
    {
      id: 'getApiRuntime',
      title: 'Read what callers in an environment need to know',
      source: 'API reference, "Querying the Runtime Definition of an API"',
      method: 'GET',
      path: `${APIS}/runtime/{apiId}`,
      status: 200,
      query: [filter('env_id', 'ID of the environment. Left out: RELEASE.')],
      answer: {
        ...schemaRef('Api'),
        required: ['id', 'publish_id', 'sl_domain', 'sl_domains'],
        properties: {
          publish_id: text('ID of the publication.'),
          sl_domain: text('Debug domain of the group.'),
          sl_domains: list(text(), 'All debug domains of the group.'),
        },
      },
      errors: [...INSIDE, 'apiNotFound', 'environmentNotFound', 'publicationNotFound'],
    },
  ],
};

/** What is done with publications and versions besides the usual operations. */
export const publicationOperations: Area = {
  title: 'deployment',
  operations: [
    {
      id: 'publishApis',
      title: 'Publish, or take offline, many',
      source: 'API reference, "Publishing APIs or Taking APIs Offline in Batches"',
      method: 'POST',
      path: `${APIS}/publish`,
      status: 200,
      query: [needed('action', 'What is done.', choice(['online', 'offline'], 'What is done.'))],
      request: object(
        {
          apis: ids('IDs of APIs.', 1000),
          group_id: text('ID of a group, whose APIs are all meant when none is named.'),
          env_id: someText('ID of the environment.'),
          remark: { ...text('Remark.'), maxLength: 255 },
        },
        ['apis', 'group_id', 'remark'],
      ),
      answer: object({
        success: list(PUBLICATION),
        failure: failures({ api_id: text('ID of the API.'), api_name: text('Name of the API.') }),
      }),
      errors: [...INSIDE, ...MALFORMED, 'environmentNotFound', 'apiGroupNotFound'],
    },
    {
      id: 'deleteApiVersion',
      title: 'Remove a version; one in force is taken offline',
      source: 'API reference, "Taking an API Version Offline"',
      method: 'DELETE',
      path: `${APIS}/versions/{versionId}`,
      status: 204,
      errors: [...INSIDE, 'apiVersionNotFound'],
    },
  ],
};
