import type { JsonSchema } from '../fields.ts';
import type { Area } from './operation.ts';
import {
  choice,
  failures,
  filter,
  flag,
  ids,
  INSIDE,
  list,
  MALFORMED,
  object,
  someText,
  text,
} from './schemas.ts';

const PLACE = {
  path: text('Path that callers use.'),
  method: text('Method that callers use.'),
};

const FORM = object(
  {
    file_name: { type: 'string', format: 'binary', description: 'OpenAPI 2.0 or 3.0, as JSON or YAML.' },
    is_create_group: flag('Whether a new group is made, named as the document. True unless given.'),
    group_id: text('ID of the group into which the APIs go, when none is made.'),
    extend_mode: mode('What stays of policies that have the same names'),
    api_mode: mode('What stays of APIs that have the same method, path and match mode'),
    simple_mode: flag('Whether the import is simple. Makes no difference.'),
    mock_mode: flag('Whether all APIs answer without a backend. False unless given.'),
  },
  ['is_create_group', 'group_id', 'extend_mode', 'api_mode', 'simple_mode', 'mock_mode'],
);

const IMPORTED = object({
  group_id: text('ID of the group.'),
  success: list(
    object({
      ...PLACE,
      action: choice(['create', 'update'], 'What was done.'),
      id: text('ID of the API.'),
    }),
    'APIs that were made.',
  ),
  failure: failures(PLACE),
  ignore: list(object(PLACE), 'Operations with a method that no API has.'),
  swagger: object({ id: text('Empty.'), result: text('Empty.') }),
});

const EXPORT = object(
  {
    env_id: someText('ID of the environment.'),
    group_id: someText('ID of the group.'),
    define: choice(
      ['spec', 'proxy', 'all', 'dev'],
      '`spec`: what callers see of the published APIs; `proxy`: their backends too; `all`: throttles, ACLs, plug-ins and authorizers too; `dev`: the APIs as they are being edited, with their backends. `spec` unless given.',
    ),
    type: choice(['json', 'yaml', 'yml'], 'Form of the document. `json` unless given.'),
    version: text('Version of the document. The time of the export unless given.'),
    apis: ids('IDs of the APIs. All unless given.', 1000),
  },
  ['define', 'type', 'version', 'apis'],
);

const VERSION = filter('oas_version', 'Version of OpenAPI. `2.0` unless given.', {
  type: 'string',
  enum: ['2.0', '3.0'],
});

const TASK = object({ task_id: text('ID of the task.') });

const FILE_ERRORS = [
  'apiGroupNotFound',
  'apiGroupNameTaken',
  'apiGroupQuota',
  'apiPerImportQuota',
  'importTitleInvalid',
  'importServersInvalid',
  'importNotReadable',
  'importVersionNotSupported',
  'importSyntaxInvalid',
  'importTooLong',
  'importEmpty',
] as const;

const EXPORT_ERRORS = [
  'pathOrQueryInvalid',
  'apiGroupNotFound',
  'environmentNotFound',
  'apiNotFound',
  'publicationNotFound',
] as const;

/** What is done with APIs as OpenAPI documents. */
export const openApiOperations: Area = {
  title: 'OpenAPI documents',
  text: 'APIs as files that other tools read and write. What an API has in common with others (authorizers, channels, policies) is told by name.',
  operations: [
    {
      id: 'importApis',
      title: 'Make the APIs of a document',
      source: 'API reference, "Importing APIs"',
      method: 'POST',
      path: 'instances/{gatewayId}/openapi/import',
      status: 200,
      request: FORM,
      requestType: 'multipart/form-data',
      answer: IMPORTED,
      errors: [...INSIDE, ...MALFORMED, ...FILE_ERRORS],
    },
    {
      id: 'exportApis',
      title: 'Write the APIs of a group as a document',
      source: 'API reference, "Exporting APIs"',
      method: 'POST',
      path: 'instances/{gatewayId}/openapi/export',
      status: 200,
      query: [VERSION],
      request: EXPORT,
      answer: { type: 'object', description: 'The document; with type `yaml` or `yml` it comes as YAML.' },
      answerHeaders: { 'Content-Disposition': 'Name of the file.' },
      changesNothing: true,
      errors: [...INSIDE, ...MALFORMED, ...EXPORT_ERRORS],
    },
    {
      id: 'startImport',
      title: 'Start to make the APIs of a document',
      source: 'API reference, "Importing APIs Asynchronously"',
      method: 'POST',
      path: 'instances/{gatewayId}/openapi/async-import',
      status: 202,
      request: FORM,
      requestType: 'multipart/form-data',
      answer: TASK,
      changesNothing: true,
      errors: [...INSIDE, ...MALFORMED, 'importTooLong', 'otherQuota'],
    },
    {
      id: 'startExport',
      title: 'Start to write the APIs of a group as a document',
      source: 'API reference, "Exporting APIs Asynchronously"',
      method: 'POST',
      path: 'instances/{gatewayId}/openapi/async-export',
      status: 202,
      query: [VERSION],
      request: EXPORT,
      answer: TASK,
      changesNothing: true,
      errors: [...INSIDE, ...MALFORMED, 'pathOrQueryInvalid', 'otherQuota'],
    },
    {
      id: 'getTask',
      title: 'Read what an import or export came to; for an hour after its end, and not after a restart',
      source: 'API reference, "Querying Asynchronous Task Results"',
      method: 'GET',
      path: 'instances/{gatewayId}/async-tasks/{taskId}',
      status: 200,
      answer: object({
        task_id: text('ID of the task.'),
        task_type: choice(['import_api', 'export_api'], 'What it does.'),
        task_status: choice(['waiting', 'processing', 'succeed', 'failed'], 'How far it is.'),
        task_result: text(
          'Empty until the end. JSON: what the import answers; `file_name`, `file_type` and `content` of an export; or `error_code` and `error_msg`.',
        ),
      }),
      errors: [...INSIDE, 'asyncTaskNotFound'],
    },
  ],
};

function mode(of: string): JsonSchema {
  return choice(
    ['merge', 'override'],
    `${of}: they (\`merge\`), or those of the document (\`override\`). \`merge\` unless given.`,
  );
}
