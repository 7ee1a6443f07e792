import type { JsonSchema } from '../fields.ts';
import { descriptionOf, resources, type Kind } from '../resources/index.ts';
import type { Comments } from './comments.ts';
import { kindSchemas, withArray } from './kind-schemas.ts';
import { pathItems } from './openapi-paths.ts';
import { capitalized, objectSchema, schemaRef, TEXT } from './operation.ts';
import { documentedPath } from './paths.ts';

/** The management API, as far as the registry describes it, as an OpenAPI 3.1 document. */
export function openApi(comments: Comments): Readonly<Record<string, unknown>> {
  const kinds = Object.keys(resources) as Kind[];
  return {
    openapi: '3.1.0',
    info: { title: 'Management API of API Gateway (APIG)', version: 'v2', description: INTRODUCTION },
    security: [{ token: [] }, { signature: [] }],
    tags: kinds.map((kind) => ({ name: descriptionOf(kind).title, description: comments[kind].text })),
    paths: pathItems(kinds, comments),
    components: {
      securitySchemes: SECURITY_SCHEMES,
      schemas: { ...schemasOf(kinds, comments), Error: ERROR },
      responses: { Error: FAILURE },
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

const ERROR = objectSchema(
  {
    error_code: { type: 'string', pattern: '^API[CG]\\.[0-9]{4}$', description: 'Code of the catalogue.' },
    error_msg: { ...TEXT, description: 'What is wrong. Never repeats a secret.' },
  },
  ['error_code', 'error_msg'],
);

const FAILURE = {
  description: 'An error.',
  content: { 'application/json': { schema: schemaRef('Error') } },
};

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
