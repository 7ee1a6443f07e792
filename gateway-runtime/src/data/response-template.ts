import type { ApigError } from '@apig/sdk/contract';
import type { Call } from './call.ts';
import { systemParameter } from './system-parameters.ts';

/** A text with values of a call in it, each written as `escape` says. */
export type Template = (call: Call, error: ApigError, escape: (value: string) => string) => string;

type Source = (call: Call, error: ApigError) => string;

const VARIABLE = /(\$context\.(?:authorizer\.(?:frontend|backend)\.[\w-]+|error\.[A-Za-z]+|[A-Za-z]\w*))/;

/** Values that only answers of the gateway know. Source: API reference, "Creating a Gateway Response" (variables). */
const OWN: ReadonlyMap<string, Source> = new Map<string, Source>([
  ['$context.reqPath', (call) => call.path],
  ['$context.reqUri', (call) => (call.query === '' ? call.rawPath : `${call.rawPath}?${call.query}`)],
  ['$context.reqMethod', (call) => call.method],
  ['$context.error.code', (_, error) => error.code],
  ['$context.error.message', (_, error) => error.message],
  ['$context.error.type', (_, error) => error.type ?? ''],
]);

/** Works out a text in which `$context.` variables stand. One that means nothing becomes the empty text. */
export function compileTemplate(text: string): Template {
  const parts = text.split(VARIABLE).map((part) => (VARIABLE.test(part) ? sourceOf(part) : part));
  return (call, error, escape) =>
    parts.map((part) => (typeof part === 'string' ? part : escape(part(call, error)))).join('');
}

/** The API is known with the call only: several may share a template. */
function sourceOf(variable: string): Source {
  return OWN.get(variable) ?? ((call) => systemParameter(variable, call.plan ?? NO_API)(call, 0));
}

const NO_API = { apiId: '', apiName: '', stage: '' };
