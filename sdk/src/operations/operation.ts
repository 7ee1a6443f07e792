import type { ControlErrorName, RuntimeErrorName } from '../errors.ts';
import type { JsonSchema } from '../fields.ts';

/** A parameter of an operation: in its query, or a header. */
export interface Parameter {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly required?: true;
  readonly description?: string;
}

/** An operation of the management API. */
export interface Operation {
  /** Unique name, such as `createThrottle`. */
  readonly id: string;
  /** What it does, without its object: `Create`. */
  readonly title: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /**
   * Path below the project's, with the fields that hold its IDs: `instances/{gatewayId}/throttles`. One that begins with a
   * slash is whole.
   */
  readonly path: string;
  /** Status of a success. */
  readonly status: number;
  readonly query?: readonly Parameter[];
  readonly headers?: readonly Parameter[];
  readonly request?: JsonSchema;
  /** Media type of the request, where it is not JSON. */
  readonly requestType?: string;
  /** The request may be left out. */
  readonly requestOptional?: true;
  /** Body of a success; none with status 204. */
  readonly answer?: JsonSchema;
  /** Media type of the answer, where it is not JSON. */
  readonly answerType?: string;
  /** Headers of a success, each with what it says. */
  readonly answerHeaders?: Readonly<Record<string, string>>;
  readonly errors: readonly (ControlErrorName | RuntimeErrorName)[];
  /** An operation of another kind, which has its request and answer. */
  readonly borrowed?: true;
  /** It changes nothing before it answers, whatever its method. */
  readonly changesNothing?: true;
  /** Anybody may call it. */
  readonly isOpen?: true;
}

/** An operation that no description of a kind implies. */
export interface OtherOperation extends Operation {
  /** Page of the documentation that describes it, or what else does. */
  readonly source: string;
}

/** Operations that belong together, below a title of their own or that of a kind. */
export interface Area {
  readonly title: string;
  /** What they are for. Undefined when the title is that of a kind. */
  readonly text?: string;
  readonly operations: readonly OtherOperation[];
}

/** The reference to a component. */
export function schemaRef(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** `throttle` to `Throttle`. */
export function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** An object with the given properties; those of `required` are always there. */
export function objectSchema(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
): JsonSchema {
  return { type: 'object', properties, ...(required.length === 0 ? {} : { required }) };
}

/** A page of a list: how many there are, how many are on the page, and these. */
export function pageSchema(listKey: string, item: JsonSchema): JsonSchema {
  return objectSchema(
    {
      total: { type: 'integer', description: 'Number of all objects.' },
      size: { type: 'integer', description: 'Number of those on this page.' },
      [listKey]: { type: 'array', items: item },
    },
    ['total', 'size', listKey],
  );
}

/** The parameters of every list. Source: API reference, `offset` and `limit` of the list operations. */
export const PAGING: readonly Parameter[] = [
  {
    name: 'offset',
    schema: { type: 'integer', default: 0 },
    description: 'How many objects to skip. A negative number skips none.',
  },
  {
    name: 'limit',
    schema: { type: 'integer', default: 20 },
    description: 'Most objects on a page, up to 500. More is taken for 500, and less than 1 for 20.',
  },
];

/** A text. */
export const TEXT: JsonSchema = { type: 'string' };
