import type { SigningKey } from '@apig/sdk/signer';
import type { AnswerByHttp } from './answer-by-http.ts';
import type { AuthorizerPlan } from './authenticate/authorizer.ts';
import type { AclPlan, AddressRule } from './acl.ts';
import type { QuotaPlan } from './app-quota.ts';
import type { EndedCalls } from './call-counts.ts';
import type { BackendSigner } from './backend-signature.ts';
import type { BackendsPlan } from './backend-policy.ts';
import type { Features } from '../features.ts';
import type { GatewayResponses } from './gateway-response.ts';
import type { ParametersPlan } from './parameters.ts';
import type { PluginsPlan } from './plugins/index.ts';
import type { Router } from './router.ts';
import type { ThrottlePlan } from './throttle.ts';
import type { ServedCertificate } from './tls/served-certificate.ts';

/*
 * What is in force, in the form that calls need. A snapshot never changes: a change of the configuration makes
 * another one, and calls under way keep theirs.
 */

/** Everything in force at one moment. */
export interface Snapshot {
  /** Host name in lower case -> who answers there. */
  readonly hosts: ReadonlyMap<string, HostEntry>;
  /** Domain name in lower case -> who answers on names with one label more. */
  readonly wildcards: ReadonlyMap<string, HostEntry>;
  /** Who answers when callers name an address instead of a host. */
  readonly addresses: HostEntry | undefined;
  /** Group id -> environment name -> APIs. */
  readonly groups: ReadonlyMap<string, ReadonlyMap<string, Router<Plan>>>;
  /** Id of a response -> its answers; id of a group -> the answers of its default response. */
  readonly responses: ReadonlyMap<string, GatewayResponses>;
  /** Gateway id -> what its features come to; the usual ones where there is none. */
  readonly features: ReadonlyMap<string, Features>;
  /** The public half of a signature key of a gateway; undefined when there is none. */
  readonly publicKeyOf: (gatewayId: string, signatureKeyId: string) => string | undefined;
  /** Largest body that any gateway takes. */
  readonly maxBodyBytes: number;
  /** Gateway id -> who may call its APIs. */
  readonly callers: ReadonlyMap<string, CallersOfGateway>;
}

/** A host name on which a group answers. */
export interface HostEntry {
  readonly gatewayId: string;
  readonly groupId: string;
  /** The name that every group has; calls on it are counted. */
  readonly isDebug: boolean;
  readonly redirectToHttps: boolean;
  /** Lowest TLS version that callers may use; undefined: the listener's. */
  readonly minTlsVersion?: string;
  /** Cipher suites that callers may choose from, joined by colons; undefined: the listener's. */
  readonly ciphers?: string | undefined;
  /** What HTTPS callers meet, unless it is what all others do. */
  readonly certificate?: ServedCertificate | undefined;
}

/** The apps of one gateway. */
export interface CallersOfGateway {
  /** AppKey -> app. */
  readonly byKey: ReadonlyMap<string, AppEntry>;
  /** SHA-256 of an AppCode in hex -> app. A digest, since the time of a look-up must not tell about the code. */
  readonly byCode: ReadonlyMap<string, AppEntry>;
}

/** An app that may call. */
export interface AppEntry {
  readonly id: string;
  readonly name: string;
  readonly key: SigningKey;
  /** SHA-256 of its secret. */
  readonly secretDigest: Buffer;
  /** HMAC-SHA256 of a text under its secret. */
  readonly mac: (text: string) => Buffer;
  /** Addresses from which it may, or may not, call. */
  readonly acl: AddressRule | undefined;
  readonly quota: QuotaPlan | undefined;
}

/** A published API: everything that its calls need, worked out. */
export interface Plan {
  readonly publicationId: string;
  readonly gatewayId: string;
  readonly groupId: string;
  readonly apiId: string;
  readonly apiName: string;
  readonly environmentId: string;
  /** Name that callers send as `X-Stage`. */
  readonly stage: string;
  readonly method: string;
  readonly path: string;
  readonly matchMode: 'EXACT' | 'PREFIX';
  /** Whether the path is compared as callers escape it. */
  readonly keepsEscapes: boolean;
  readonly protocol: 'HTTP' | 'HTTPS' | 'BOTH' | 'GRPCS';
  readonly cors: boolean;
  /** Whether functions are given bodies of JSON as they are, and not in Base64. */
  readonly sendsPlainBodies: boolean;
  readonly acl: AclPlan;
  readonly authentication: AuthenticationPlan;
  readonly throttle: ThrottlePlan;
  readonly plugins: PluginsPlan;
  readonly parameters: ParametersPlan;
  readonly backends: BackendsPlan;
  readonly signer: BackendSigner | undefined;
  /** How backends are asked that are reached by HTTP. */
  readonly answerByHttp: AnswerByHttp;
  /** Where its calls are counted. */
  readonly counts: EndedCalls;
  /** Response that the API names. */
  readonly responseId: string | undefined;
}

/** How callers show who they are. */
export interface AuthenticationPlan {
  readonly type: 'NONE' | 'APP' | 'IAM' | 'AUTHORIZER';
  readonly allowAppCode: boolean;
  /** Is asked too. */
  readonly authorizer: AuthorizerPlan | 'missing' | undefined;
  /** Ids of the apps that may call. */
  readonly appIds: ReadonlySet<string>;
}
