import { descriptionOf, fail, isApigError, type Json } from '@apig/sdk/contract';
import type { Stored } from '../../store/configuration.ts';
import { collections } from '../collections.ts';
import { limitOf } from '../limits.ts';
import { required } from '../lookup.ts';
import { shapeOfPath } from '../rules/api.ts';
import { BACKEND_FIELDS, withMock } from './backend.ts';
import { bindAsNamed, environmentOf } from './bindings-of-operation.ts';
import { FIELD } from './extension-fields.ts';
import { asOne, create, update, type ImportScope } from './import-scope.ts';
import type { ImportOptions } from './import-options.ts';
import { madeUpName } from './names.ts';
import { DocumentObjects } from './named-objects.ts';
import { readOperation } from './operation.ts';
import { operationsOf, type SourceOperation } from './operations.ts';
import type { SourceDocument } from './read-document.ts';
import { withIds } from './references-by-name.ts';
import { objectAt, textAt } from './values.ts';

/** APIs of one document, unless another limit is set. */
const MAX_APIS = 300;

/** Makes the APIs of a document. What keeps one of them from being made does not keep the others, and leaves nothing of it. */
export function importDocument(document: SourceDocument, options: ImportOptions, scope: ImportScope): Json {
  assertServers(document);
  const operations = operationsOf(document);
  const limit = limitOf(scope.limits, 'API_SWAGGER_NUM_LIMIT', MAX_APIS);
  if (operations.length > limit) throw fail('apiPerImportQuota', { limit });
  const group = groupFor(document, options, scope);
  let objects = new DocumentObjects(document.root, options.replacesPolicies);
  setDefaultResponse(document, options, scope, group.id);
  const environmentId = environmentOf(scope, document.root);
  const imported = new Set<string>();
  const [success, failure, ignore]: [Json[], Json[], Json[]] = [[], [], []];
  for (const operation of operations) {
    const { path, method, definition } = operation;
    if (method === 'TRACE') {
      ignore.push({ path, method });
      continue;
    }
    try {
      const attempt = objects.next();
      const { api, action } = asOne(scope, (inner) => {
        const written = writeApi(operation, document, options, inner, attempt, group.id, imported);
        bindAsNamed(inner, attempt, written.api, definition, environmentId);
        return written;
      });
      objects = attempt;
      imported.add(api.id);
      success.push({ path, method, action, id: api.id });
    } catch (error) {
      if (!isApigError(error)) throw error;
      failure.push({ path, method, error_code: error.code, error_msg: error.message });
    }
  }
  makeUnused(operations, objects, scope);
  return { group_id: group.id, success, failure, ignore, swagger: { id: '', result: '' } };
}

/** @throws importServersInvalid; nothing else is made of them: callers find the APIs on the domains of the group */
function assertServers({ root, version }: SourceDocument): void {
  const { servers } = root;
  if (version !== '3.0' || !Array.isArray(servers)) return;
  for (const { url } of servers as readonly { readonly url: string }[]) {
    // A relative one is relative to the place of the document.
    const isUrl = URL.canParse(url.replace(/\{[^{}]*\}/g, 'x'), 'https://example.com');
    if (!isUrl || /[{}]/.test(url.replace(/\{[^{}]+\}/g, ''))) throw fail('importServersInvalid');
  }
}

function groupFor(
  { root }: SourceDocument,
  { groupId }: ImportOptions,
  scope: ImportScope,
): Stored<'apiGroup'> {
  if (groupId !== undefined) return required(scope.draft, 'apiGroup', scope.gatewayId, groupId);
  const { title, description } = objectAt(root, 'info') ?? {};
  if (typeof title !== 'string' || !/^[A-Za-z]\w{2,63}$/.test(title)) throw fail('importTitleInvalid');
  return create(scope, collections.apiGroup, { name: title, remark: description });
}

/** The responses of the whole document are those of the group, unless it has some that stay. */
function setDefaultResponse(
  { root }: SourceDocument,
  { groupId, replacesPolicies }: ImportOptions,
  scope: ImportScope,
  newGroupId: string,
): void {
  const responses = objectAt(root, FIELD.responses);
  if (responses === undefined || (groupId !== undefined && !replacesPolicies)) return;
  const standard = scope.draft
    .by('gatewayResponse', 'groupId', newGroupId)
    .find(({ body }) => body.isDefault);
  if (standard === undefined) throw new Error('a group has no default response');
  const body = { name: standard.body.name, responses };
  update(scope, collections.gatewayResponse, standard.id, body, { groupId: newGroupId });
}

function writeApi(
  operation: SourceOperation,
  document: SourceDocument,
  { mocks, replacesApis }: ImportOptions,
  scope: ImportScope,
  objects: DocumentObjects,
  groupId: string,
  imported: ReadonlySet<string>,
): { readonly api: Stored<'api'>; readonly action: 'create' | 'update' } {
  const read = readOperation(operation, document);
  const request = mocks ? withMock(read) : read;
  if (!BACKEND_FIELDS.some((field) => field !== 'backend_params' && request[field] !== undefined)) {
    throw fail('valueMissing', { field: FIELD.backend });
  }
  const { method, path } = operation;
  const apis = scope.draft.by('api', 'groupId', groupId);
  const existing = apis.find(
    ({ body }) =>
      body.method === method &&
      (body.matchMode === 'PREFIX') === (request['match_mode'] === 'SWA') &&
      shapeOfPath(body.path) === shapeOfPath(path),
  );
  if (existing !== undefined && (!replacesApis || imported.has(existing.id))) {
    throw fail('apiPathTaken', { method, path });
  }
  const name =
    textAt(request, 'name') ??
    existing?.body.name ??
    madeUpName(method, path, (taken) => apis.some(({ body }) => body.name === taken));
  const { toWire = (wire: Json) => wire } = descriptionOf('api');
  const body = toWire({
    ...withIds(request, objects.named(scope)),
    name,
    group_id: groupId,
    response_id: objects.responseId(scope, groupId, operation.definition),
  });
  return existing === undefined
    ? { api: create(scope, collections.api, body), action: 'create' }
    : { api: update(scope, collections.api, existing.id, body), action: 'update' };
}

/** Policies that the document defines are there afterwards, also those that none of its operations names. */
function makeUnused(
  operations: readonly SourceOperation[],
  objects: DocumentObjects,
  scope: ImportScope,
): void {
  const named = (field: string) => new Set(operations.flatMap(({ definition }) => definition[field] ?? []));
  const throttles = named(FIELD.ratelimit);
  const acls = named(FIELD.accessControl);
  for (const name of objects.throttles) if (!throttles.has(name)) objects.throttle(scope, name);
  for (const name of objects.acls) if (!acls.has(name)) objects.acl(scope, name);
}
