import type { Json } from '@apig/sdk/contract';
import { BACKEND_FIELDS, readBackends, writeBackends } from './backend.ts';
import { compact, detailsField, detailsOf, withDetails } from './details.ts';
import { FIELD } from './extension-fields.ts';
import type { SourceOperation } from './operations.ts';
import { readParameters, writeParameter } from './parameters.ts';
import type { SourceDocument } from './read-document.ts';
import { readSecurity, writeSecurity } from './security.ts';
import { invalid, isObject, own, textAt, wordAt } from './values.ts';

/*
 * One API: the request to create it, and an operation of a document. In requests as they are meant here, names stand in
 * the place of the IDs of what lies outside the API: `authorizer_name` and `vpc_channel_name`; neither the group nor the
 * gateway response is among the fields.
 * Source: user guide, "Importing APIs", "Exporting APIs" and "Extended Definition".
 */

const REQUEST_TYPES = { public: 1, private: 2 } as const;
const MATCH_MODES = { NORMAL: 'NORMAL', SWA: 'SWA' } as const;

/** What stands in a document elsewhere than in the details of an operation. */
const ELSEWHERE = [
  'req_method',
  'req_uri',
  'req_params',
  'gateway_id',
  'group_id',
  'response_id',
  'auth_type',
  'authorizer_id',
  'authorizer_name',
  ...BACKEND_FIELDS,
];

/** The request for an operation's API; its name is undefined when the document says none. @throws valueMissing or valueInvalid */
export function readOperation(operation: SourceOperation, document: SourceDocument): Json {
  const { definition, shared, method, path } = operation;
  const part = {
    ...generalOf(definition, document),
    req_method: method,
    req_uri: path,
    ...readSecurity(definition, document),
    req_params: readParameters(shared, parametersIn(definition), document),
    ...readBackends(definition),
  };
  return withDetails(part, definition, ELSEWHERE);
}

/** The operation for a request, without what it has in an environment, and the security schemes that it needs. */
export function writeOperation(
  request: Json,
  version: SourceDocument['version'],
  withBackend: boolean,
): { readonly operation: Json; readonly schemes: Json } {
  const { security, schemes } = writeSecurity(request);
  const standard = compact({
    operationId: request['name'],
    description: request['remark'],
    ...(version === '2.0' && { schemes: schemesOf(request['req_protocol']) }),
    ...security,
    [FIELD.requestType]: request['type'] === 2 ? 'private' : 'public',
    [FIELD.matchMode]: request['match_mode'],
    [FIELD.cors]: request['cors'],
    [FIELD.bodyBase64]: request['is_send_fg_body_base64'],
    responses: {
      default: compact({
        description: 'The answer of the backend.',
        [FIELD.successSample]: request['result_normal_sample'],
        [FIELD.failureSample]: request['result_failure_sample'],
      }),
    },
  });
  const document = { version, root: {}, resolve: (value: unknown) => value };
  const others = Object.entries(request).filter(([name]) => !ELSEWHERE.includes(name));
  const details = detailsOf('api', [], Object.fromEntries(others), generalOf(standard, document));
  const parameters = request['req_params'] as readonly Json[];
  const operation = {
    ...standard,
    ...(parameters.length > 0 && { parameters: parameters.map((each) => writeParameter(each, version)) }),
    ...(withBackend && writeBackends(request)),
    ...detailsField(details),
  };
  return { operation, schemes };
}

/** The fields of a request that are neither path, parameters, callers nor backend. */
function generalOf(definition: Json, document: SourceDocument): Json {
  const responses = own(definition, 'responses');
  const answer = document.resolve(isObject(responses) ? own(responses, 'default') : undefined);
  const samples = isObject(answer) ? answer : {};
  return compact({
    name: textAt(definition, 'operationId'),
    remark: textAt(definition, 'description'),
    type: wordAt(definition, FIELD.requestType, REQUEST_TYPES) ?? 1,
    req_protocol: protocolOf(own(definition, 'schemes') ?? own(document.root, 'schemes')),
    match_mode: wordAt(definition, FIELD.matchMode, MATCH_MODES) ?? 'NORMAL',
    cors: own(definition, FIELD.cors),
    is_send_fg_body_base64: own(definition, FIELD.bodyBase64),
    result_normal_sample: textAt(samples, FIELD.successSample),
    result_failure_sample: textAt(samples, FIELD.failureSample),
  });
}

function parametersIn(definition: Json): readonly unknown[] {
  const parameters = own(definition, 'parameters') ?? [];
  if (!Array.isArray(parameters)) throw invalid('parameters', 'expected a list');
  return parameters;
}

function protocolOf(schemes: unknown): string {
  const list: readonly unknown[] = Array.isArray(schemes) ? schemes : [];
  const others = list.filter((scheme) => scheme !== 'http' && scheme !== 'https');
  if (others.length > 0) throw invalid('schemes', 'expected http or https');
  if (!list.includes('http')) return 'HTTPS';
  return list.includes('https') ? 'BOTH' : 'HTTP';
}

function schemesOf(protocol: unknown): readonly string[] {
  if (protocol === 'HTTP') return ['http'];
  return protocol === 'BOTH' ? ['http', 'https'] : ['https'];
}
