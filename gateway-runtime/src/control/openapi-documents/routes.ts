import { fail, type Json } from '@apig/sdk/contract';
import { param, type AnsweredFile, type ControlCall, type ControlRoute } from '../call.ts';
import { viewOf, write, type ControlContext } from '../context.ts';
import { gatewayOfPath } from '../lookup.ts';
import { exportDocument } from './export.ts';
import { readExportOptions, type ExportOptions } from './export-options.ts';
import { MAX_FORM_BYTES, parseForm, type Form } from './form.ts';
import { importDocument } from './import.ts';
import { readImportOptions, type ImportOptions } from './import-options.ts';
import { readDocument } from './read-document.ts';
import { Tasks } from './tasks.ts';

const GATEWAY = 'instances/{gatewayId}';

/** Field of the form of an import that holds the document. */
const FILE = 'file_name';

/** Source: API reference, "Importing APIs", "Exporting APIs" and the pages about asynchronous tasks. */
export function openApiRoutes(context: ControlContext): readonly ControlRoute[] {
  const tasks = new Tasks(context.clock, context.log);
  const gatewayOf = (call: ControlCall) =>
    gatewayOfPath(viewOf(context, call).configuration, call.account, param(call, 'gatewayId')).id;
  const form = { method: 'POST', readsBytes: true, maxBodyBytes: MAX_FORM_BYTES } as const;
  return [
    {
      ...form,
      path: `${GATEWAY}/openapi/import`,
      status: 200,
      answer: async (call) => {
        gatewayOf(call);
        const [file, options] = await importOf(call);
        return runImport(context, call, file, options, () => undefined);
      },
    },
    {
      method: 'POST',
      path: `${GATEWAY}/openapi/export`,
      status: 200,
      answer: (call) => runExport(context, call, gatewayOf(call), readExportOptions(call)),
    },
    {
      ...form,
      path: `${GATEWAY}/openapi/async-import`,
      status: 202,
      answer: async (call) => {
        const gatewayId = gatewayOf(call);
        const [file, options] = await importOf(call);
        const work = (begin: () => void) => runImport(context, call, file, options, begin);
        return { task_id: tasks.start(gatewayId, 'import_api', work) };
      },
    },
    {
      method: 'POST',
      path: `${GATEWAY}/openapi/async-export`,
      status: 202,
      answer: (call) => {
        const gatewayId = gatewayOf(call);
        const options = readExportOptions(call);
        const taskId = tasks.start(gatewayId, 'export_api', async (begin) => {
          // Answered first: who asks for a task does not wait for it.
          await Promise.resolve();
          begin();
          const { name, text } = runExport(context, call, gatewayId, options);
          return { file_name: name, file_type: options.format, content: text };
        });
        return { task_id: taskId };
      },
    },
    {
      method: 'GET',
      path: `${GATEWAY}/async-tasks/{taskId}`,
      status: 200,
      answer: (call) => tasks.show(gatewayOf(call), param(call, 'taskId')),
    },
  ];
}

async function importOf(call: ControlCall): Promise<readonly [file: Buffer, options: ImportOptions]> {
  const form: Form = await parseForm(call.headers['content-type'], call.bytes);
  const file = form.files[FILE];
  if (file === undefined) throw fail('valueMissing', { field: FILE });
  return [file, readImportOptions(form)];
}

/** Reads a document and makes its APIs, as one revision. */
async function runImport(
  context: ControlContext,
  call: ControlCall,
  file: Buffer,
  options: ImportOptions,
  begin: () => void,
): Promise<Json> {
  begin();
  const document = await readDocument(file);
  return write(context, call, (scope) => {
    const { id: gatewayId } = gatewayOfPath(scope.draft, call.account, param(call, 'gatewayId'));
    return importDocument(document, options, { ...scope, call, gatewayId });
  });
}

function runExport(
  context: ControlContext,
  call: ControlCall,
  gatewayId: string,
  options: ExportOptions,
): AnsweredFile {
  return exportDocument(options, viewOf(context, call), gatewayId, context.clock.now());
}
