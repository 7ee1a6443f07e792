import type { Json } from '@apig/sdk/contract';
import {
  keyOf,
  STORED_KINDS,
  type Change,
  type ConfigurationReader,
  type Stored,
} from '../store/configuration.ts';
import type { Draft } from '../store/draft.ts';
import { authorOf } from './author.ts';
import type { ControlCall, ControlRoute } from './call.ts';
import { nameOf } from './consistency.ts';
import { CHANGESET, scopeOf, type ControlContext, type WriteScope } from './context.ts';
import { valuesOf } from './lookup.ts';
import { Crowds, refusalOf } from './object-checks.ts';
import { configurationNotEmpty, headerInvalid, snapshotInvalid } from './own-refusals.ts';
import { createSnapshot, newSeal, sealOf, SNAPSHOT_FORMAT, SNAPSHOT_VERSION } from './snapshot-document.ts';
import { assertWhole, objectsIn, withKnownSecrets } from './snapshot-objects.ts';
import type { Seal } from '../store/seal.ts';

const PASSPHRASE = 'x-apig-passphrase';
const MIN_PASSPHRASE = 12;

/** Room for some 50,000 APIs. */
export const MAX_DOCUMENT_BYTES = 256 * 1024 * 1024;

/** The whole configuration as one document, to be kept elsewhere or put in force here. */
export function snapshotRoutes(context: ControlContext): readonly ControlRoute[] {
  const { ledger } = context;
  return [
    {
      method: 'GET',
      path: 'snapshot',
      status: 200,
      answer: async (call) => {
        const sealing = call.query['secrets'] === 'omit' ? undefined : await newSeal(passphraseIn(call));
        return createSnapshot(ledger.configuration, ledger.configuration.revision, sealing);
      },
    },
    {
      method: 'POST',
      path: 'snapshot',
      status: 200,
      maxBodyBytes: MAX_DOCUMENT_BYTES,
      answer: async (call) => {
        if (call.headers[CHANGESET] !== undefined) {
          throw headerInvalid(CHANGESET, 'expected none: a snapshot is one change of its own');
        }
        const objects = await readObjects(call.body, call);
        const own = call.query['adopt'] === 'true' ? objects.map((each) => adopted(each, call)) : objects;
        const written = await ledger.commit(authorOf(call), (draft) => load(own, call, draft, context));
        return { revision: written.revision, objects: own.length, changes: written.result };
      },
    },
  ];
}

/**
 * The configuration that a document describes. Secrets that it leaves out are those that are configured now.
 *
 * @throws snapshotInvalid, passphraseWrong, headerInvalid
 */
export async function configurationIn(
  document: Json,
  call: ControlCall,
  { ledger }: ControlContext,
): Promise<ConfigurationReader> {
  const objects = await readObjects(document, call);
  return assertWhole(objects.map((object) => withKnownSecrets(object, ledger.configuration)));
}

/** Has the objects, and nothing else, configured. Returns how many objects that changes. */
function load(objects: readonly Stored[], call: ControlCall, draft: Draft, context: ControlContext): number {
  const present = STORED_KINDS.flatMap((kind): readonly Stored[] => draft.all(kind));
  if (present.length > 0 && call.query['replace'] !== 'true') throw configurationNotEmpty();
  const complete = objects.map((object) => withKnownSecrets(object, draft));
  for (const object of complete) assertKnownProject(object, context);
  const configuration = assertWhole(complete);
  // What calls would meet is worked out before anything is put in force.
  context.rehearse(configuration);
  for (const object of present) {
    if (configuration.get(object.kind, keyOf(object)) === undefined) draft.remove(object);
  }
  for (const object of complete) draft.restore(object);
  const changes = draft.changes();
  assertAllowed(changes, scopeOf(context, call, draft));
  return changes.length;
}

/** @throws snapshotInvalid for what could not be written one by one either: what a limit or a rule of its kind forbids. */
function assertAllowed(changes: readonly Change[], scope: WriteScope): void {
  const crowds = new Crowds(scope);
  for (const { before, after } of changes) {
    if (after === undefined) continue;
    const reason = refusalOf(after, scope) ?? (before === undefined ? crowds.refusalOf(after) : undefined);
    if (reason !== undefined) throw snapshotInvalid(`${nameOf(after)}: ${reason}`);
  }
}

function assertReadable({ format, version }: Json): void {
  if (format !== SNAPSHOT_FORMAT) throw snapshotInvalid(`format: expected ${SNAPSHOT_FORMAT}`);
  if (version !== SNAPSHOT_VERSION) throw snapshotInvalid(`version: expected ${SNAPSHOT_VERSION}`);
}

async function readObjects(document: Json, call: ControlCall): Promise<readonly Stored[]> {
  assertReadable(document);
  return objectsIn(document['objects'], await sealIn(document, call));
}

async function sealIn({ secrets }: Json, call: ControlCall): Promise<Seal | undefined> {
  if (secrets === 'omitted') return undefined;
  const derived = await sealOf(passphraseIn(call), secrets);
  if (derived === undefined) throw snapshotInvalid('secrets: expected "omitted" or how the key is derived');
  return derived.seal;
}

/** The passphrase, which stands in a header because addresses are logged. @throws headerInvalid */
function passphraseIn({ headers }: ControlCall): string {
  const passphrase = headers[PASSPHRASE] ?? '';
  if (passphrase.length >= MIN_PASSPHRASE) return passphrase;
  const reason = `expected a passphrase of at least ${MIN_PASSPHRASE} characters for the secrets, or secrets=omit`;
  throw headerInvalid(PASSPHRASE, reason);
}

/** The object as one of the caller's project, if it is one of a project. */
function adopted(object: Stored, { account }: ControlCall): Stored {
  if (valuesOf(object)['projectId'] === undefined) return object;
  return { ...object, body: { ...object.body, projectId: account.projectId } };
}

/** @throws snapshotInvalid for an object that nobody could reach. */
function assertKnownProject(object: Stored, { projectIds }: ControlContext): void {
  const { projectId } = valuesOf(object);
  if (projectId === undefined || (projectIds as readonly unknown[]).includes(projectId)) return;
  throw snapshotInvalid(
    `${nameOf(object)} belongs to a project that no account has: give adopt=true to have it in yours`,
  );
}
