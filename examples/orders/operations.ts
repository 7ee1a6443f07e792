import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** One operation of the OpenAPI document. */
export interface Operation {
  readonly id: string;
  readonly summary: string;
  readonly method: (typeof METHODS)[number];
  readonly path: string;
  /** Who may call it: anybody, authorized apps, or accounts. */
  readonly authentication: 'NONE' | 'APP' | 'IAM';
  /** Not released yet: served in the environment `beta` only. */
  readonly isBeta: boolean;
  readonly parameters: readonly Parameter[];
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: {
    readonly type: string;
    readonly enum?: readonly string[];
    readonly default?: string | number;
    readonly minimum?: number;
    readonly maximum?: number;
    readonly minLength?: number;
    readonly maxLength?: number;
  };
}

interface Document {
  readonly security: readonly Record<string, unknown>[];
  readonly paths: Record<
    string,
    { parameters?: Parameter[] } & Record<string, DocumentOperation | undefined>
  >;
}

interface DocumentOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly security?: readonly Record<string, unknown>[];
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
}

/** The operations of `openapi.yaml`, in its order. */
export function readOperations(): readonly Operation[] {
  const document = parse(readFileSync(new URL('openapi.yaml', import.meta.url), 'utf8')) as Document;
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method.toLowerCase()];
      if (operation === undefined) return [];
      return {
        id: operation.operationId,
        summary: operation.summary,
        method,
        path,
        authentication: toAuthentication(operation.security ?? document.security),
        isBeta: operation.tags?.includes('beta') === true,
        parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])],
      };
    }),
  );
}

/** The arguments of the API that serves an operation; its group and gateway come from the program. */
export function toApi(
  { id, summary, method, path, authentication, parameters }: Operation,
  backendAddress: string,
) {
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  return {
    name: id,
    remark: summary,
    protocol: 'BOTH' as const,
    method,
    path,
    authentication,
    allowAppCode: authentication === 'APP',
    requestParameters: parameters.map(toRequestParameter),
    backendParameters: [
      ...inPath.map(({ name }) => ({
        origin: 'REQUEST' as const,
        name,
        location: 'PATH' as const,
        value: name,
      })),
      { origin: 'SYSTEM' as const, name: 'X-Caller', location: 'HEADER' as const, value: '$context.appName' },
    ],
    httpBackend: { address: backendAddress, protocol: 'HTTP' as const, method, path: `/v1${path}` },
  };
}

function toRequestParameter({ name, in: location, required = false, schema }: Parameter) {
  return {
    name,
    location: location.toUpperCase() as 'PATH' | 'QUERY' | 'HEADER',
    type: schema.type === 'integer' || schema.type === 'number' ? ('NUMBER' as const) : ('STRING' as const),
    required,
    validated: true,
    ...(schema.enum && { enumerations: [...schema.enum] }),
    ...(schema.default !== undefined && { defaultValue: String(schema.default) }),
    ...(schema.minimum !== undefined && { minNumber: schema.minimum }),
    ...(schema.maximum !== undefined && { maxNumber: schema.maximum }),
    ...(schema.minLength !== undefined && { minLength: schema.minLength }),
    ...(schema.maxLength !== undefined && { maxLength: schema.maxLength }),
  };
}

function toAuthentication([scheme]: readonly Record<string, unknown>[]): Operation['authentication'] {
  if (scheme === undefined) return 'NONE';
  return 'account' in scheme ? 'IAM' : 'APP';
}
