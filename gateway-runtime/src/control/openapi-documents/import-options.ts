import { fail } from '@apig/sdk/contract';
import type { Form } from './form.ts';

/** What an import is told besides the document. */
export interface ImportOptions {
  /** Group into which the APIs go; a new one unless given. */
  readonly groupId: string | undefined;
  /** Whether an API of the document takes the place of one with the same method, path and match mode, or is refused. */
  readonly replacesApis: boolean;
  /** Whether policies of the document take the place of those with the same names, or these stay. */
  readonly replacesPolicies: boolean;
  /** Whether all APIs answer without a backend. */
  readonly mocks: boolean;
}

/** Reads the fields of the form of an import. Source: API reference, "Importing APIs". @throws valueMissing or valueInvalid */
export function readImportOptions({ fields }: Form): ImportOptions {
  const createsGroup = flagIn(fields, 'is_create_group', true);
  const groupId = fields['group_id'] ?? '';
  if (!createsGroup && groupId === '') throw fail('valueMissing', { field: 'group_id' });
  // Asked for as a faster import, and said nothing more of: the result is the same.
  flagIn(fields, 'simple_mode', false);
  return {
    groupId: createsGroup ? undefined : groupId,
    replacesApis: modeIn(fields, 'api_mode') === 'override',
    replacesPolicies: modeIn(fields, 'extend_mode') === 'override',
    mocks: flagIn(fields, 'mock_mode', false),
  };
}

type Fields = Form['fields'];

function flagIn(fields: Fields, name: string, standard: boolean): boolean {
  const text = (fields[name] ?? '').toLowerCase();
  if (text === '') return standard;
  if (text === 'true' || text === 'false') return text === 'true';
  throw fail('valueInvalid', { reason: 'expected true or false', field: name });
}

function modeIn(fields: Fields, name: string): 'merge' | 'override' {
  const text = fields[name] ?? '';
  if (text === '' || text === 'merge') return 'merge';
  if (text === 'override') return text;
  throw fail('valueInvalid', { reason: 'expected merge or override', field: name });
}
