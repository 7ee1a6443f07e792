import {
  callErrors,
  controlErrors,
  runtimeErrors,
  type CallErrorEntry,
  type ControlErrorEntry,
  type RuntimeErrorEntry,
} from '../errors.ts';
import { blocks, code, table } from './markdown.ts';

/** The page that lists the catalogues of errors. */
export function errorsPage(): string {
  return blocks([
    '# Errors',
    'An error has a body `{"error_code": "…", "error_msg": "…"}`; the header `X-Request-Id` identifies the request. An `ApigError` of `@apig/sdk` has the code, the status, the name and the ID of the request. Programs tell errors apart by code or name. Parts of a message in braces are filled in.',
    '## Calls of published APIs',
    'What a gateway answers to the caller of an API when it does not pass on the answer of the backend. The response type says which gateway response of the group gives the answer its form; the body has `request_id` too.',
    table(
      ['Code', 'Status', 'Name', 'Response type', 'Message'],
      sorted<CallErrorEntry>(callErrors).map(([name, entry]) => [
        code(entry.code),
        String(entry.status),
        code(name),
        code(entry.type),
        entry.message,
      ]),
    ),
    '## Management API',
    'Codes with `APIC` are about gateways as a whole, those with `APIG` about what is in one. Some codes occur in both tables of this page and mean different things.',
    table(
      ['Code', 'Status', 'Name', 'Message'],
      sorted<ControlErrorEntry>(controlErrors).map(([name, entry]) => [
        code(entry.code),
        String(entry.status),
        code(name),
        entry.message,
      ]),
    ),
    '## Beside the management API',
    'What the runtime answers that the documented API does not have: its own operations (`RUNTIME`), the identity service that clients ask first (`IAM`), and requests that lead to no operation.',
    table(
      ['Code', 'Status', 'Name', 'Message'],
      sorted<RuntimeErrorEntry>(runtimeErrors).map(([name, entry]) => [
        code(entry.code),
        String(entry.status),
        code(name),
        entry.message,
      ]),
    ),
  ]);
}

/** By code; those of one code in the order of the catalogue. */
function sorted<Entry extends { readonly code: string }>(
  catalogue: Readonly<Record<string, Entry>>,
): readonly (readonly [string, Entry])[] {
  return Object.entries(catalogue).toSorted(([, a], [, b]) =>
    a.code < b.code ? -1 : a.code > b.code ? 1 : 0,
  );
}
