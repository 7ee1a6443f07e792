import { fail } from '@apig/sdk/contract';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { MAX_DOCUMENT_BYTES } from './read-document.ts';

/** The longest form: a document, and room for what comes with it. */
export const MAX_FORM_BYTES = MAX_DOCUMENT_BYTES + 64 * 1024;

const MAX_FIELDS = 20;
const MAX_FIELD_BYTES = 1024;

/** The parts of a form. */
export interface Form {
  readonly fields: Readonly<Record<string, string>>;
  /** Content of each file by the name of its field. */
  readonly files: Readonly<Record<string, Buffer>>;
}

/** Takes a form apart that has arrived as a whole (RFC 7578). @throws bodyInvalid for what is no such form, importTooLong */
export function parseForm(contentType: string | undefined, body: Uint8Array): Promise<Form> {
  if (contentType === undefined || !/^multipart\/form-data\s*;/i.test(contentType)) {
    throw fail('bodyInvalid', { reason: 'expected multipart/form-data' });
  }
  const parser = createParser(contentType);
  return new Promise((resolve, reject) => {
    const fields = new Map<string, string>();
    const files = new Map<string, Buffer>();
    const refuse = (reason: string) => {
      reject(fail('bodyInvalid', { reason }));
    };
    parser.on('field', (name, value, isNameCut, isCut) => {
      if (isNameCut || isCut) refuse(`expected fields of at most ${MAX_FIELD_BYTES} bytes`);
      // Of a field that comes twice, the first one counts, as with parameters.
      if (!fields.has(name)) fields.set(name, value);
    });
    parser.on('file', (name, stream) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('limit', () => {
        reject(fail('importTooLong'));
      });
      stream.on('end', () => {
        if (!files.has(name)) files.set(name, Buffer.concat(chunks));
      });
      // A form that ends within a file: the parser tells it too.
      stream.on('error', () => {
        refuse('expected a whole form');
      });
    });
    for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) {
      parser.on(limit, () => {
        refuse('expected fewer parts');
      });
    }
    parser.on('error', () => {
      refuse('expected a whole form');
    });
    parser.on('finish', () => {
      resolve({ fields: Object.fromEntries(fields), files: Object.fromEntries(files) });
    });
    parser.end(Buffer.from(body));
  });
}

function createParser(contentType: string): BusboyInstance {
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      // A file that has a name or not: what counts is the name of its field.
      isPartAFile: (field) => field === 'file_name',
      limits: {
        fieldSize: MAX_FIELD_BYTES,
        fieldNameSize: MAX_FIELD_BYTES,
        fields: MAX_FIELDS,
        files: 1,
        parts: MAX_FIELDS + 1,
        fileSize: MAX_DOCUMENT_BYTES,
      },
    });
  } catch {
    // Thrown for a content type without a boundary.
    throw fail('bodyInvalid', { reason: 'expected multipart/form-data with a boundary' });
  }
}
