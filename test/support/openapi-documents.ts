import { randomUUID } from 'node:crypto';
import type { Json } from '@apig/sdk/contract';
import { sign } from '@apig/sdk/signer';
import { send, type RawAnswer, type TestGateway } from './gateway.ts';

/** A part of a form: a text, or a file with its name. */
export type FormPart = string | { readonly fileName: string; readonly content: string | Buffer };

/** The bytes of a form, and the content type that goes with them. Source: RFC 7578, section 4. */
export function encodeForm(parts: Readonly<Record<string, FormPart>>): {
  readonly contentType: string;
  readonly body: Buffer;
} {
  const boundary = `form-${randomUUID()}`;
  const chunks = Object.entries(parts).flatMap(([name, part]) => {
    const isText = typeof part === 'string';
    const file = isText ? '' : `; filename="${part.fileName}"\r\nContent-Type: application/octet-stream`;
    return [
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`,
      isText ? part : part.content,
      '\r\n',
    ];
  });
  const body = Buffer.concat([...chunks, `--${boundary}--\r\n`].map((chunk) => Buffer.from(chunk)));
  return { contentType: `multipart/form-data; boundary=${boundary}`, body };
}

/** Sends signed bytes to a path below the project's. */
export function sendBytes(
  { gateway, endpoint, projectId, accessKey, secretKey, clock }: TestGateway,
  path: string,
  contentType: string,
  body: Buffer,
  otherHeaders: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  const target = `/v2/${projectId}/apigw/${path}`;
  const { host, port } = gateway.management;
  const headers = { host: `${host}:${port}`, 'content-type': contentType };
  const date = new Date(clock.now());
  const signature = sign({ method: 'POST', target, headers, body, accessKey, secret: secretKey, date });
  return send(`${endpoint}${target}`, 'POST', { ...headers, ...signature, ...otherHeaders }, body);
}

/** Imports a document, given as it is or as text, and returns the answer. */
export function importInto(
  running: TestGateway,
  gatewayId: string,
  document: unknown,
  fields: Readonly<Record<string, string>> = {},
  operation = 'import',
): Promise<RawAnswer> {
  const content =
    typeof document === 'string' || Buffer.isBuffer(document) ? document : JSON.stringify(document);
  const form = encodeForm({ ...fields, file_name: { fileName: 'apis.json', content } });
  return sendBytes(running, `instances/${gatewayId}/openapi/${operation}`, form.contentType, form.body);
}

/** Exports a group and returns the document. */
export async function exportFrom(
  running: TestGateway,
  gatewayId: string,
  body: Json,
  version: '2.0' | '3.0' = '2.0',
): Promise<Json> {
  const path = `instances/${gatewayId}/openapi/export?oas_version=${version}`;
  const answer = await running.call('POST', path, body);
  if (answer.status !== 200) throw new Error(`the export was answered with ${answer.text}`);
  return answer.body;
}
