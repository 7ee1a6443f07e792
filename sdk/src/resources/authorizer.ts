import { z } from 'zod';
import { automatic, describe, example, immutable, ref, set, wire, type Fault } from '../describe.ts';
import { nameOfWord } from '../names.ts';

const identity = z.object({
  /** Name of the header or query parameter. */
  name: example('Authorization', z.string().min(1).max(255)),
  /** Where callers send it. */
  location: z.enum(['HEADER', 'QUERY']),
  /** Regular expression that the whole value must match. Left out: any value will do. */
  validation: z.string().min(1).max(1024).optional(),
});

/**
 * A function that decides who may call (`FRONTEND`), or that makes values for a backend (`BACKEND`). Source: API
 * reference, "Creating a Custom Authorizer".
 */
export const authorizer = describe({
  kind: 'authorizer',
  title: 'authorizer',
  path: 'instances/{gatewayId}/authorizers',
  operations: { shape: 'collection', listKey: 'authorizer_list', read: { by: 'get' }, updates: true },
  missing: 'authorizerNotFound',
  unique: { within: ['gatewayId'], fields: ['name'], error: 'authorizerNameTaken' },
  quota: { config: 'AUTHORIZER_NUM_LIMIT', limit: 50, within: ['gatewayId'], error: 'authorizerQuota' },
  input: {
    /** Gateway that has the authorizer. Changing it replaces the authorizer. */
    gatewayId: immutable(ref('gateway')),
    /** 3 to 64 letters, digits and underscores, starting with a letter; unique in the gateway. Programs may leave it out: it is then made of the resource's name. */
    name: automatic(nameOfWord()),
    /** Whether callers are checked, or values for a backend are made. Changing it replaces the authorizer. */
    type: immutable(z.enum(['FRONTEND', 'BACKEND'])),
    /** Function that is asked. */
    functionUrn: wire(
      'authorizer_uri',
      example('urn:fss:eu-de:shop:function:default:check', z.string().min(1).max(255)),
    ),
    /** Network to the function: outside a VPC (`V1`) or inside (`V2`). Default: `V1`. */
    networkType: z.enum(['V1', 'V2']).default('V1'),
    /** Version of the function. */
    functionVersion: wire('authorizer_version', z.string().max(64).optional()),
    /** Alias of the function; wins over the version. */
    functionAliasUrn: wire('authorizer_alias_uri', z.string().max(255).optional()),
    /** What callers show; calls without it are refused and the function is not asked. None: the function is given all headers and query parameters. Default: none. */
    identities: set(z.array(identity)).default([]),
    /** Seconds for which a decision is kept for the same identities, 0 to 3,600; 0 keeps none. A frontend authorizer needs identities for it. Default: `0`. */
    cacheSeconds: wire('ttl', z.int().min(0).max(3600).default(0)),
    /** Text for the function, at most 2,048 characters. */
    userData: z.string().max(2048).optional(),
    /** Whether the function is given the body of the call. Default: `false`. */
    needBody: z.boolean().default(false),
  },
  output: {
    /** Time of creation, RFC 3339 in UTC. */
    createTime: z.string(),
  },
  rules: [
    {
      on: ['type', 'identities', 'cacheSeconds'],
      check: ({ type, identities, cacheSeconds }) =>
        type === 'FRONTEND' && cacheSeconds > 0 && identities.length === 0
          ? [
              {
                path: ['identities'],
                message: 'expected identities, by which decisions are kept',
                error: 'valueMissing',
              },
            ]
          : [],
    },
    {
      on: ['identities'],
      check: ({ identities }) => [...identities.flatMap(repetition), ...identities.flatMap(brokenForm)],
    },
  ],
  toWire: (body) => ({ ...body, authorizer_type: 'FUNC' }),
  wireSchema: (schema, of) => ({
    ...schema,
    properties: {
      ...(schema['properties'] as object),
      authorizer_type: { type: 'string', enum: ['FUNC'], description: 'A function.' },
    },
    ...(of === 'request' && { required: [...(schema['required'] as readonly string[]), 'authorizer_type'] }),
  }),
});

type Identity = z.output<typeof identity>;

function repetition({ name, location }: Identity, index: number, all: readonly Identity[]): readonly Fault[] {
  const key = (each: Identity) => (each.location === 'HEADER' ? each.name.toLowerCase() : each.name);
  const first = all.findIndex((each) => each.location === location && key(each) === key({ name, location }));
  return first === index
    ? []
    : [
        {
          path: ['identities', index, 'name'],
          message: 'expected each identity once',
          error: 'identitySourceRepeated',
          details: { name },
        },
      ];
}

function brokenForm({ validation }: Identity, index: number): readonly Fault[] {
  if (validation === undefined) return [];
  try {
    new RegExp(validation, 'u');
    return [];
  } catch {
    // The constructor is the only parser of its grammar.
    return [{ path: ['identities', index, 'validation'], message: 'expected a regular expression' }];
  }
}
