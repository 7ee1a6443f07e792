import { fail, type Json } from '@apig/sdk/contract';
import { optionalTextIn, textIn, textsIn, wordIn } from '../body.ts';
import type { ControlCall } from '../call.ts';
import type { SourceDocument } from './read-document.ts';

/** How much of an API a document tells, and of which APIs. */
export type Define = 'spec' | 'proxy' | 'all' | 'dev';

/** What an export is asked for. */
export interface ExportOptions {
  readonly groupId: string;
  readonly environmentId: string;
  readonly define: Define;
  readonly format: 'json' | 'yaml' | 'yml';
  readonly version: SourceDocument['version'];
  /** Version of the document itself; the time of the export unless given. */
  readonly documentVersion: string | undefined;
  /** IDs of the APIs; all unless given. */
  readonly apiIds: readonly string[] | undefined;
}

const MAX_APIS = 1000;

/** Reads the request for an export. Source: API reference, "Exporting APIs". @throws valueMissing or valueInvalid */
export function readExportOptions({ body, query }: ControlCall): ExportOptions {
  const version = query['oas_version'] ?? '';
  if (version !== '' && version !== '2.0' && version !== '3.0') {
    throw fail('pathOrQueryInvalid', { reason: 'expected 2.0 or 3.0', field: 'oas_version' });
  }
  return {
    groupId: textIn(body, 'group_id'),
    environmentId: textIn(body, 'env_id'),
    define: optionalWordIn(body, 'define', ['spec', 'proxy', 'all', 'dev']) ?? 'spec',
    format: optionalWordIn(body, 'type', ['json', 'yaml', 'yml']) ?? 'json',
    version: version === '3.0' ? '3.0' : '2.0',
    documentVersion: optionalTextIn(body, 'version'),
    apiIds: body['apis'] === undefined || body['apis'] === null ? undefined : textsIn(body, 'apis', MAX_APIS),
  };
}

function optionalWordIn<const Word extends string>(
  body: Json,
  name: string,
  words: readonly Word[],
): Word | undefined {
  return optionalTextIn(body, name) === undefined ? undefined : wordIn(body, name, words);
}
