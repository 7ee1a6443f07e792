import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** One operation of the OpenAPI document. */
export interface Operation {
  readonly id: string;
  readonly summary: string;
  readonly method: (typeof METHODS)[number];
  readonly path: string;
  /** Anybody may call it. */
  readonly isPublic: boolean;
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
  readonly paths: Record<
    string,
    { parameters?: Parameter[] } & Record<string, DocumentOperation | undefined>
  >;
}

interface DocumentOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly security?: readonly unknown[];
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
        isPublic: operation.security?.length === 0,
        isBeta: operation.tags?.includes('beta') === true,
        parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])],
      };
    }),
  );
}

/** A parameter of an operation as the gateway checks it, for the argument `requestParameters` of an API. */
export function toRequestParameter({ name, in: location, required = false, schema }: Parameter) {
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
