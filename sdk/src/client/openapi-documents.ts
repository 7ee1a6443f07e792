import { randomUUID } from 'node:crypto';
import type { Json } from '../wire.ts';
import { idOf, textOf } from './answer-fields.ts';
import { fillPath } from './paths.ts';
import type { Transport } from './transport.ts';
import type { CallOptions } from './types.ts';

/** What is to be imported, and how. */
export interface ImportRequest {
  /** Gateway that gets the APIs. */
  readonly gatewayId: string;
  /** The document: OpenAPI 2.0 or 3.0, as JSON or YAML, at most 4 MiB and 300 APIs. */
  readonly document: string | Uint8Array;
  /** Group into which the APIs go. Left out: a new one, named after the title of the document. */
  readonly groupId?: string;
  /**
   * What becomes of an API of the document where one of the group has the same method, path and match mode: `merge`, as
   * when it is left out, reports it as failed; `override` puts it in the other one's place.
   */
  readonly apiMode?: 'merge' | 'override';
  /**
   * What becomes of throttles, ACLs and gateway responses of the document that are there by name: `merge`, as when it is
   * left out, leaves them as they are; `override` changes them to what the document says.
   */
  readonly extendMode?: 'merge' | 'override';
  /** Whether all APIs answer without a backend. */
  readonly mock?: boolean;
}

/** An API that an import made or changed. */
export interface ImportedApi {
  readonly path: string;
  /** Method that callers use, or `ANY`. */
  readonly method: string;
  readonly action: 'create' | 'update';
  readonly id: string;
}

/** An operation of a document that is no API, and why. */
export interface FailedOperation {
  readonly path: string;
  readonly method: string;
  /** Code of the error, such as `APIG.3301`. */
  readonly code: string;
  readonly message: string;
}

/** What an import came to. */
export interface ImportResult {
  /** Group of the APIs. */
  readonly groupId: string;
  readonly success: readonly ImportedApi[];
  /** Operations that are no APIs; nothing is left of them. */
  readonly failure: readonly FailedOperation[];
  /** Operations with a method that no API has. */
  readonly ignored: readonly { readonly path: string; readonly method: string }[];
}

/** What is to be exported, and how. */
export interface ExportRequest {
  readonly gatewayId: string;
  /** Group whose APIs are exported. */
  readonly groupId: string;
  /** Environment in which they are published, and policies are bound. */
  readonly environmentId: string;
  /**
   * How much the document tells: what callers see (`spec`, as when it is left out), backends too (`proxy`), or throttles,
   * ACLs, plug-ins, authorizers and channels too (`all`). `dev`: the APIs as they are being edited, published or not.
   */
  readonly define?: 'spec' | 'proxy' | 'all' | 'dev';
  /** `json` unless given. */
  readonly format?: 'json' | 'yaml';
  /** Version of OpenAPI; `2.0` unless given. */
  readonly openApiVersion?: '2.0' | '3.0';
  /** Version of the document itself. Left out: the time of the export. */
  readonly documentVersion?: string;
  /** The APIs, at most 1,000. Left out: all. */
  readonly apiIds?: readonly string[];
}

/** APIs as OpenAPI documents. Source: API reference, "Importing APIs" and "Exporting APIs". */
export interface OpenApiDocuments {
  /**
   * Makes the APIs of a document, and publishes none. One that cannot be made does not keep the others from it.
   *
   * @throws ApigError when the document as a whole cannot be used (`importSyntaxInvalid` and its like), and then nothing
   *   is made; TransportError when there is no usable answer.
   */
  import(request: ImportRequest, options?: CallOptions): Promise<ImportResult>;
  /** Writes APIs of a group as a document. @throws ApigError when something that is asked for is not there; TransportError. */
  export(request: ExportRequest, options?: CallOptions): Promise<string>;
}

/** Imports and exports, over a transport. */
export function createOpenApiDocuments(transport: Transport): OpenApiDocuments {
  return {
    async import(request, { signal } = {}) {
      const path = fillPath('instances/{gatewayId}/openapi/import', { gatewayId: request.gatewayId });
      const answer = await transport.call({ method: 'POST', path, form: formOf(request), signal });
      return {
        groupId: idOf(answer, 'group_id'),
        success: rowsOf(answer, 'success').map((row) => ({
          ...placeOf(row),
          action: row['action'] === 'update' ? 'update' : 'create',
          id: idOf(row, 'id'),
        })),
        failure: rowsOf(answer, 'failure').map((row) => ({
          ...placeOf(row),
          code: textOf(row, 'error_code') ?? '',
          message: textOf(row, 'error_msg') ?? '',
        })),
        ignored: rowsOf(answer, 'ignore').map(placeOf),
      };
    },

    async export(request, { signal } = {}) {
      const { gatewayId, groupId, environmentId, define, format, documentVersion, apiIds } = request;
      const path = fillPath('instances/{gatewayId}/openapi/export', { gatewayId });
      const body = {
        group_id: groupId,
        env_id: environmentId,
        define,
        type: format,
        version: documentVersion,
        apis: apiIds,
      };
      const query = { oas_version: request.openApiVersion ?? '2.0' };
      // Nothing is changed by it, so it may be tried again.
      const file = await transport.file({ method: 'POST', path, query, body, repeatable: true, signal });
      return file.toString('utf8');
    },
  };
}

/** The form of an import. Source: RFC 7578, section 4. */
function formOf(request: ImportRequest): { readonly contentType: string; readonly bytes: Buffer } {
  const { document, groupId, apiMode, extendMode, mock } = request;
  const boundary = `apig-${randomUUID()}`;
  const fields = {
    is_create_group: String(groupId === undefined),
    group_id: groupId,
    api_mode: apiMode,
    extend_mode: extendMode,
    mock_mode: mock === undefined ? undefined : String(mock),
  };
  const texts = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${partOf(boundary, `name="${name}"`)}\r\n${value}\r\n`],
  );
  const file = partOf(boundary, 'name="file_name"; filename="document"');
  const bytes = Buffer.concat([
    Buffer.from(`${texts.join('')}${file}Content-Type: application/octet-stream\r\n\r\n`),
    typeof document === 'string' ? Buffer.from(document) : document,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  return { contentType: `multipart/form-data; boundary=${boundary}`, bytes };
}

function partOf(boundary: string, names: string): string {
  return `--${boundary}\r\nContent-Disposition: form-data; ${names}\r\n`;
}

function rowsOf(answer: Json, key: string): readonly Json[] {
  const rows = answer[key];
  return Array.isArray(rows) ? (rows as readonly Json[]) : [];
}

function placeOf(row: Json): { readonly path: string; readonly method: string } {
  return { path: textOf(row, 'path') ?? '', method: textOf(row, 'method') ?? '' };
}
