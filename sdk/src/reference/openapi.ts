import type { JsonSchema } from '../fields.ts';
import { descriptionOf, resources, type Kind } from '../resources/index.ts';
import type { Comments } from './comments.ts';
import { kindSchemas, withArray } from './kind-schemas.ts';
import { pathItems } from './openapi-paths.ts';
import { areas } from '../operations/index.ts';
import { capitalized, objectSchema, schemaRef, TEXT } from '../operations/operation.ts';
import { documentedPath } from './paths.ts';

/** The whole management API as an OpenAPI 3.1 document. */
export function openApi(comments: Comments): Readonly<Record<string, unknown>> {
  const kinds = Object.keys(resources) as Kind[];
  return {
    openapi: '3.1.0',
    info: { title: 'Management API of API Gateway (APIG)', version: 'v2', description: INTRODUCTION },
    security: [{ token: [] }, { signature: [] }],
    tags: [
      ...kinds.map((kind) => ({ name: descriptionOf(kind).title, description: comments[kind].text })),
      ...areas.flatMap(({ title, text }) => (text === undefined ? [] : [{ name: title, description: text }])),
    ],
    paths: pathItems(kinds, areas, comments),
    components: {
      securitySchemes: SECURITY_SCHEMES,
      schemas: { ...schemasOf(kinds, comments), Error: ERROR, IdentityError: IDENTITY_ERROR },
      parameters: { Changeset: CHANGESET },
      responses: { Error: failure('Error'), IdentityError: failure('IdentityError') },
    },
  };
}

const INTRODUCTION = [
  'Bodies are JSON in UTF-8.',
  'In requests, unknown fields are ignored, and `null` and, where a field may be left out, an empty text mean that it is left out.',
  'Answers may have more fields than described; the header `X-Request-Id` identifies the request.',
].join(' ');

const SECURITY_SCHEMES = {
  token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token', description: 'A token of an account.' },
  signature: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: 'A signature with an access key, SDK-HMAC-SHA256; its time is in the header `X-Sdk-Date`.',
  },
};

const CHANGESET = {
  name: 'X-Apig-Changeset',
  in: 'header',
  schema: TEXT,
  description: 'The changeset that the call is part of. The cloud has none.',
};

const ERROR_FIELDS = {
  error_code: {
    type: 'string',
    pattern: '^(APIG|APIC|RUNTIME|IAM)\\.[0-9]{4}$',
    description: 'Code of the catalogue.',
  },
  error_msg: { ...TEXT, description: 'What is wrong. Never repeats a secret.' },
};

const ERROR = objectSchema(
  { ...ERROR_FIELDS, request_id: { ...TEXT, description: 'As in the header `X-Request-Id`.' } },
  ['error_code', 'error_msg', 'request_id'],
);

/** The form that clients of the identity service read, beside that of all others. */
const IDENTITY_ERROR = objectSchema(
  {
    error: objectSchema(
      { code: { type: 'integer', description: 'The status.' }, title: TEXT, message: TEXT },
      ['code', 'title', 'message'],
    ),
    ...ERROR_FIELDS,
  },
  ['error', 'error_code', 'error_msg'],
);

function failure(name: string): object {
  return { description: 'An error.', content: { 'application/json': { schema: schemaRef(name) } } };
}

function schemasOf(kinds: readonly Kind[], comments: Comments): Readonly<Record<string, JsonSchema>> {
  const schemas: Record<string, JsonSchema> = {};
  for (const kind of kinds) Object.assign(schemas, kindSchemas(kind, comments[kind]));
  for (const kind of kinds) {
    const { operations: shape } = descriptionOf(kind);
    if (shape.shape !== 'collection' || shape.read.by !== 'parent') continue;
    const path = documentedPath(shape.read.path);
    const parent = kinds.find((each) => documentedPath(`${descriptionOf(each).path}/{id}`) === path);
    const [own, outer] = [kind, parent ?? kind].map(capitalized) as [string, string];
    schemas[outer] = withArray(schemas[outer] ?? {}, kind, shape, schemas[own] ?? {});
  }
  return schemas;
}
