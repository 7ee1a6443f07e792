import type { InputOf, Resources } from '@apig/sdk/contract';

type ApiInput = InputOf<Resources['api']>;

/** What an operation of an OpenAPI document says, as far as it becomes part of an API. */
interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly security?: readonly Readonly<Record<string, unknown>>[];
}

interface Reference {
  readonly $ref: string;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: {
    readonly type?: string;
    readonly enum?: readonly unknown[];
    readonly default?: string | number | boolean;
    readonly minimum?: number;
    readonly maximum?: number;
    readonly minLength?: number;
    readonly maxLength?: number;
  };
}

/** The part of an OpenAPI 3 document from which APIs are made; the rest is for others. */
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, object>>;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly components?: {
    readonly parameters?: Readonly<Record<string, object>>;
    readonly securitySchemes?: Readonly<Record<string, object>>;
  };
}

/** What a document or a route table says of one API. */
export interface Route {
  /** What tells it from the others, wherever it stands: the operation's ID, or method and path. */
  readonly key: string;
  readonly method: NonNullable<ApiInput['method']>;
  readonly path: string;
  readonly args: Partial<Pick<ApiInput, 'remark' | 'tags' | 'authentication' | 'requestParameters'>>;
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS'] as const;

/** The routes of a document. */
export function routesOf(document: OpenApiDocument): readonly Route[] {
  return Object.entries(document.paths).flatMap(([path, item]) => {
    const operations = item as Readonly<Record<string, Operation | undefined>> & Operation;
    return METHODS.flatMap((method) => {
      const operation = operations[method.toLowerCase()];
      if (operation === undefined) return [];
      const parameters = [...(operations.parameters ?? []), ...(operation.parameters ?? [])].map((each) =>
        resolve(document, each),
      );
      const { summary, tags } = operation;
      return [
        {
          key: operation.operationId ?? keyOf(method, path),
          method,
          path,
          args: {
            ...(summary === undefined ? {} : { remark: summary }),
            ...(tags === undefined ? {} : { tags: [...tags] }),
            authentication: toAuthentication(document, operation.security ?? document.security ?? []),
            requestParameters: parameters.flatMap(toRequestParameter),
          },
        },
      ];
    });
  });
}

/**
 * The route that a line of a route table means, such as `GET /orders/{id}`.
 *
 * @throws TypeError when it is none.
 */
export function routeOf(line: string): Route {
  const [, word = '', path = ''] = /^([A-Z]+) (\/\S*)$/.exec(line) ?? [];
  const method = [...METHODS, 'ANY' as const].find((each) => each === word);
  if (method === undefined)
    throw new TypeError(`${line}: expected a method and a path, such as GET /orders/{id}`);
  return { key: keyOf(method, path), method, path, args: {} };
}

/** Names of the variables in a path. */
export function variablesIn(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w[\w-]*)\+?\}/g)].map((match) => match[1] ?? '');
}

/** Method and path as one word: `get-orders-id`. */
function keyOf(method: string, path: string): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter(Boolean);
  return [method.toLowerCase(), ...words].join('-') + (words.length === 0 ? '-root' : '');
}

function resolve(document: OpenApiDocument, parameter: Parameter | Reference): Parameter {
  if (!('$ref' in parameter)) return parameter;
  const [, name = ''] = /^#\/components\/parameters\/(.+)$/.exec(parameter.$ref) ?? [];
  const found = document.components?.parameters?.[name];
  if (found === undefined) throw new TypeError(`${parameter.$ref}: the document has no such parameter`);
  return found as Parameter;
}

function toRequestParameter(parameter: Parameter): NonNullable<ApiInput['requestParameters']> {
  const { name, in: place, required = false, schema = {}, description } = parameter;
  // Cookies are a header to the gateway.
  if (place === 'cookie') return [];
  const { type, enum: values, default: value, minimum, maximum, minLength, maxLength } = schema;
  const locations = { path: 'PATH', query: 'QUERY', header: 'HEADER' } as const;
  return [
    {
      name,
      location: locations[place],
      type: type === 'integer' || type === 'number' ? 'NUMBER' : 'STRING',
      required: required || place === 'path',
      validated: true,
      ...(description === undefined ? {} : { remark: description.slice(0, 255) }),
      ...(values === undefined ? {} : { enumerations: values.map(String) }),
      ...(value === undefined ? {} : { defaultValue: String(value) }),
      ...(minimum === undefined ? {} : { minNumber: minimum }),
      ...(maximum === undefined ? {} : { maxNumber: maximum }),
      ...(minLength === undefined ? {} : { minLength }),
      ...(maxLength === undefined ? {} : { maxLength }),
    },
  ];
}

/** Who may call: anybody, apps or, where the scheme says so, accounts. */
function toAuthentication(
  { components }: OpenApiDocument,
  [needed]: readonly Readonly<Record<string, unknown>>[],
): ApiInput['authentication'] {
  const [name] = Object.keys(needed ?? {});
  if (name === undefined) return 'NONE';
  const scheme = components?.securitySchemes?.[name] as Readonly<Record<string, unknown>> | undefined;
  return scheme?.['x-apigateway-auth-type'] === 'IAM' ? 'IAM' : 'APP';
}
