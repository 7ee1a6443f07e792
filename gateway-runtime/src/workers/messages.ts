import type { MessagePort } from 'node:worker_threads';
import type { KeyedCertificate } from '@apig/sdk/contract';
import type { Credentials } from '../control/credentials.ts';
import type { IssuedToken } from '../control/identity/issued-tokens.ts';
import type { MemberHealth } from '../data/channels.ts';
import type { TakenCalls } from '../data/counted-calls.ts';
import type { SharedCounts } from '../data/counting/count-memory.ts';
import type { ConnectionLimits } from '../data/limits.ts';
import type { BackendTls } from '../data/origins.ts';
import type { FunctionTargets } from '../function-registry.ts';
import type { ListenAddress } from '../listen-address.ts';
import type { MicroserviceEntry } from '../microservice-registry.ts';
import type { LogLevel } from '../observe/log.ts';
import type { DataPlaneState } from '../statistics.ts';
import type { Change, Stored } from '../store/configuration.ts';

/*
 * What the main thread and its workers tell each other. Everything is copied from memory to memory: secrets among it are
 * written nowhere.
 */

/** What a worker begins with. */
export interface WorkerStart {
  readonly port: MessagePort;
  readonly settings: WorkerSettings;
  /** Number of the worker among the threads that count: 2 or more, since the main thread is 1. */
  readonly owner: number;
  readonly listen: WorkerAddresses;
  /** How much news was given so far; what follows holds all of it. */
  readonly newsNumber: number;
  readonly objects: readonly Stored[];
  readonly tokens: readonly IssuedToken[];
  readonly unhealthy: readonly MemberHealth[];
}

/** What all workers begin with, and what does not change. */
export interface WorkerSettings {
  /** One word: the number of the last news. */
  readonly news: SharedArrayBuffer;
  readonly counts: SharedCounts;
  /** Workers that there are. */
  readonly threads: number;
  readonly certificate: KeyedCertificate | undefined;
  readonly ticketSecret: Uint8Array;
  readonly credentials: Credentials;
  readonly functions: FunctionTargets;
  readonly microservices: readonly MicroserviceEntry[];
  readonly backendTls: BackendTls | undefined;
  readonly connections: ConnectionLimits | undefined;
  readonly minTlsVersion: 'TLSv1.1' | 'TLSv1.2' | undefined;
  readonly domainSuffix: string;
  readonly logLevel: LogLevel;
}

/** Where workers listen. */
export interface WorkerAddresses {
  readonly http?: ListenAddress;
  readonly https?: ListenAddress;
}

/** Something that all workers have to know. */
export type News =
  | { readonly changes: readonly Change[] }
  | { readonly token: IssuedToken }
  | { readonly revoked: string }
  | { readonly health: MemberHealth };

/** What the main thread tells a worker. */
export type Order =
  | { readonly kind: 'news'; readonly number: number; readonly news: News }
  | { readonly kind: 'ping' }
  | { readonly kind: 'ask'; readonly id: number }
  | { readonly kind: 'drain'; readonly timeoutMs: number };

/** What a worker holds at the moment. What it has counted it hands over before. */
export type Told = Pick<DataPlaneState, 'connections' | 'upstreamConnections'>;

/** What a worker tells the main thread. */
export type Report =
  | { readonly kind: 'listening'; readonly addresses: WorkerAddresses }
  | { readonly kind: 'failed'; readonly failure: StartFailure }
  | { readonly kind: 'applied'; readonly number: number }
  | { readonly kind: 'alive' }
  | { readonly kind: 'counted'; readonly calls: TakenCalls }
  | { readonly kind: 'answer'; readonly id: number; readonly told: Told }
  | { readonly kind: 'lines'; readonly text: string }
  | { readonly kind: 'drained' };

/** Why a worker does not listen. The fields beyond the message are those of the system's errors. */
export interface StartFailure {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}
