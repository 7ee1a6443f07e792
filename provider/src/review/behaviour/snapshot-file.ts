import { descriptionOf, resources, type Json, type Kind } from '@apig/sdk/contract';
import { ReviewError } from '../plan.ts';
import type { Configured, ConfiguredObject } from './configuration.ts';
import { PROJECT_ID } from './project.ts';
import { settleWithStandIns } from './stand-ins.ts';
import { HIDDEN } from '../hidden.ts';
import { isRecord } from '../values.ts';

/**
 * The configuration of a snapshot, as `GET /runtime/v1/snapshot` gives it. Its secrets are not read: they have stand-ins,
 * as those of plans have.
 *
 * @throws ReviewError when it is no snapshot
 */
export function readSnapshot(document: unknown, where: string): Configured {
  const { format, objects } = isRecord(document) ? document : {};
  if (format !== 'apig-snapshot' || !Array.isArray(objects))
    throw new ReviewError(`${where} is no snapshot of a gateway.`);
  return {
    objects: objects.map((item: unknown, index) => {
      const { kind, id, body } = isRecord(item) ? item : {};
      if (typeof kind !== 'string' || typeof id !== 'string' || !isRecord(body))
        throw new ReviewError(`${where}: objects[${String(index)}]: expected kind, id and body.`);
      return withStandIns({ kind, id, body: owned(body) });
    }),
    urns: new Map(),
    notes: [],
  };
}

/** Everything belongs to one account, for the length of a comparison. */
function owned(body: Json): Json {
  return body['projectId'] === undefined ? body : { ...body, projectId: PROJECT_ID };
}

function withStandIns(object: ConfiguredObject): ConfiguredObject {
  const { kind, id } = object;
  if (!isKind(kind)) return object;
  const description = descriptionOf(kind);
  if (!['collection', 'singleton'].includes(description.operations.shape)) return object;
  const { shape } = description.input;
  const { body } = object;
  const given = Object.fromEntries(Object.keys(shape).map((name) => [name, body[name]]));
  const missing = SECRETS[kind] ?? [];
  const complete = { ...given, ...Object.fromEntries(missing.map((name) => [name, HIDDEN])) };
  const settled = settleWithStandIns(description, complete, { object: id, era: 'present' });
  if ('fault' in settled) return object;
  return { ...object, body: { ...body, ...settled.value } };
}

/** Secrets that an object has and that a snapshot leaves out. */
const SECRETS: Partial<Record<Kind, readonly string[]>> = {
  app: ['appSecret'],
  appCode: ['code'],
  signatureKey: ['key', 'secret'],
  certificate: ['privateKey'],
};

function isKind(kind: string): kind is Kind {
  return Object.hasOwn(resources, kind);
}
