import type { Account } from './identity.ts';
import type { ConfigurationReader } from './store/configuration.ts';

/** A request whose fate is asked for. */
export interface ExplainedRequest {
  readonly method: string;
  readonly host: string;
  /** Path and query as on the wire. */
  readonly target: string;
  /** Lines beside `Host` and those that frame a body. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string | undefined;
  /** Whether it comes over HTTPS. */
  readonly secure: boolean;
  /** The other end of its connection. */
  readonly clientAddress: string;
  /** App that is taken to have shown who it is, by its ID. */
  readonly appId?: string | undefined;
  /** Account that is taken to have shown who it is. */
  readonly account?: Account | undefined;
  readonly assumed?: Assumptions | undefined;
}

/** What others than the gateway are taken to say. */
export interface Assumptions {
  /** By the ID of the authorizer. */
  readonly authorizers?: Readonly<Record<string, AssumedDecision>>;
  /** Whether third-party authentication services let the call pass. */
  readonly thirdParty?: boolean | undefined;
}

/** What a custom authorizer is taken to say. */
export interface AssumedDecision {
  readonly allow: boolean;
  readonly context?: Readonly<Record<string, string>> | undefined;
}

/** The steps of a call, in their order. */
export const STAGES = [
  'request',
  'host',
  'tls',
  'client_address',
  'body_size',
  'debug_domain',
  'preflight',
  'public_key',
  'route',
  'https_redirect',
  'protocol',
  'address_control',
  'authentication',
  'third_party',
  'account_control',
  'authorization',
  'app_address_control',
  'throttle',
  'app_quota',
  'parameters',
  'backend_policy',
  'circuit',
  'backend_authorizer',
  'mapping',
  'backend',
] as const;

/** One of the steps of a call. */
export type Stage = (typeof STAGES)[number];

/** What a step came to. */
export interface StageDecision {
  readonly stage: Stage;
  /** `answered`: the gateway itself answers here; `depends`: somebody else decides here. */
  readonly decision: 'passed' | 'refused' | 'answered' | 'forwarded' | 'depends';
  /** What the decision stands on. */
  readonly because?: Readonly<Record<string, unknown>>;
}

/** An answer that the gateway itself gives. */
export interface ExplainedAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** Who answers a call, and what it is sent. */
export type ExplainedBackend =
  | {
      readonly kind: 'http';
      /** Name of the policy that chose it; undefined for the usual one. */
      readonly policy?: string;
      readonly method: string;
      /** Of a channel: as the first member would be sent it, without the origin. */
      readonly url: string;
      /** Those that take calls at the moment. */
      readonly channelMembers?: readonly string[];
      /** Header lines; credentials are masked. */
      readonly headers: readonly (readonly [name: string, value: string])[];
      readonly signed: boolean;
      readonly timeoutMs: number;
    }
  | { readonly kind: 'mock'; readonly policy?: string }
  | { readonly kind: 'function'; readonly policy?: string; readonly functionUrn: string };

/** A limit that a call counts towards, and what is left of it before the call. */
export interface ExplainedLimit {
  readonly dimension: string;
  readonly limit: number;
  readonly remaining: number;
  readonly interval: number;
  readonly unit: string;
}

/** What would become of a request, and why. */
export interface Explanation {
  readonly outcome: 'forwarded' | 'answered' | 'refused' | 'depends';
  /** Of the gateway's own answer. */
  readonly answer?: ExplainedAnswer;
  /** Code and text of the error, before a gateway response words it otherwise. */
  readonly error?: { readonly code: string; readonly message: string; readonly responseType?: string };
  /** Who decides: it is not asked. */
  readonly dependsOn?: { readonly kind: 'authorizer' | 'third_party'; readonly id?: string };
  /** What the request is for. */
  readonly matched?: Readonly<Record<string, unknown>>;
  readonly caller: Readonly<Record<string, unknown>>;
  /** Everything that is bound to the API in its environment. */
  readonly policies: readonly { readonly kind: string; readonly id: string; readonly name?: string }[];
  readonly limits: readonly ExplainedLimit[];
  readonly backend?: ExplainedBackend;
  readonly stages: readonly StageDecision[];
}

/** Explains a request under any configuration; what is in force goes with the present counts. */
export type Explainer = (
  configuration: ConfigurationReader,
  request: ExplainedRequest,
) => Promise<Explanation>;

/** Explains requests in their order, under a configuration that is worked out once. */
export type ExplainerOfMany = (
  configuration: ConfigurationReader,
  requests: readonly ExplainedRequest[],
  /** Time at which all requests are taken to arrive, in milliseconds since the epoch; the present unless given. */
  atMs?: number,
) => Promise<readonly Explanation[]>;
