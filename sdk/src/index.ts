export { createClient, type Client, type ClientOptions } from './client/client.ts';
export type { Actions, Publication } from './client/actions.ts';
export type { Changeset, ChangesetConflict, Changesets } from './client/changesets.ts';
export {
  isNotPublishedError,
  isOutcomeUnknown,
  isTransportError,
  isUnfinishedError,
  NotPublishedError,
  TransportError,
  UnfinishedError,
} from './client/failures.ts';
export type {
  ExportRequest,
  FailedOperation,
  ImportedApi,
  ImportRequest,
  ImportResult,
  OpenApiDocuments,
} from './client/openapi-documents.ts';
export type { ExplainRequest, RuntimeOperations } from './client/runtime.ts';
export type { Timing } from './client/timing.ts';
export type {
  AnyCollection,
  AnyObject,
  CallOptions,
  Collections,
  Filter,
  KindCollection,
  ObjectAddress,
} from './client/types.ts';
export type { InputOf, OutputOf, ParentsOf } from './describe.ts';
export { ApigError, isApigError } from './errors.ts';
export { RELEASE_ENVIRONMENT_ID } from './resources/environment.ts';
export type { Kind, Resources } from './resources/index.ts';
