/**
 * What a change means to callers, from the best to the worst.
 *
 * - `none`: no request of the comparison is treated otherwise
 * - `neutral`: treated otherwise, and nobody loses or gains access
 * - `loosening`: open to more callers than before
 * - `breaking`: a caller who was served is refused, or served by something else
 */
export type Verdict = 'none' | 'neutral' | 'loosening' | 'breaking';

/** Everything that a review says; every form of output is written from it alone. It holds no secret. */
export interface Review {
  readonly project: string;
  readonly stack: string;
  readonly verdict: Verdict;
  readonly resources: readonly ResourceChange[];
  readonly effects: readonly Effect[];
  /** Requests that are treated otherwise, equal ones in one group; undefined when behaviour was not compared. */
  readonly outcomes: readonly OutcomeGroup[] | undefined;
  readonly findings: readonly Finding[];
  /** What the review could not look at, in whole sentences. */
  readonly notes: readonly string[];
  /** What leads where; undefined where the review was read from a file. */
  readonly topology?: Topology | undefined;
}

/** What becomes of a part of a topology. */
export type TopologyState = 'added' | 'removed' | 'changed' | 'same';

/** Who calls published APIs, what these use, and where they lead, before and after. */
export interface Topology {
  readonly nodes: readonly TopologyNode[];
  readonly edges: readonly TopologyEdge[];
}

/** One box of a topology. */
export interface TopologyNode {
  readonly key: string;
  readonly role: 'domain' | 'app' | 'api' | 'policy' | 'backend';
  readonly label: string;
  /** Method and path of an API. */
  readonly detail: string | undefined;
  /** Where an API is in force; undefined for all else. */
  readonly environment: string | undefined;
  readonly state: TopologyState;
}

/** One line of a topology, in the direction of a call. */
export interface TopologyEdge {
  readonly from: string;
  readonly to: string;
  readonly state: TopologyState;
}

/** What the engine does to a resource. */
export type Operation = 'create' | 'update' | 'replace' | 'delete' | 'same' | 'read' | 'import';

/** One resource of the plan that changes. */
export interface ResourceChange {
  readonly urn: string;
  /** Kind of the contract, such as `throttle`; undefined for resources of other providers. */
  readonly kind: string | undefined;
  /** What the engine calls it: the kind's title, or the type token of another provider. */
  readonly type: string;
  /** Name in the program. */
  readonly name: string;
  readonly operation: Operation;
  readonly fields: readonly FieldChange[];
  /** APIs, apps and domains that the resource reaches by references, by their names. */
  readonly reaches: Reach;
}

/** One argument or output that has another value. */
export interface FieldChange {
  /** Path such as `httpBackend.timeoutMs`. */
  readonly path: string;
  /** Texts as shown; `undefined` where there is none. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Whether the values are secret, and therefore left out. */
  readonly secret: boolean;
  /** Whether the field is why the resource is replaced. */
  readonly replaces: boolean;
}

/** Who is hit by a change. */
export interface Reach {
  readonly apis: readonly string[];
  readonly apps: readonly string[];
  readonly domains: readonly string[];
}

/** Something that happens to callers by the plan itself, such as an API that goes offline. */
export interface Effect {
  readonly kind: 'published' | 'republished' | 'offline' | 'policyGained' | 'policyLost' | 'policyChanged';
  /** Name of the API, and where. */
  readonly api: string;
  readonly environment: string;
  /** Such as `throttle gold`; undefined for publications. */
  readonly policy: string | undefined;
  readonly because: string;
  /** What it means to callers as far as the plan alone tells; where it does not tell, the worse. */
  readonly verdict: Exclude<Verdict, 'none'>;
}

/** What becomes of a request, as far as a caller or an operator notices. */
export interface Outcome {
  readonly result: 'refused' | 'answered' | 'forwarded' | 'depends';
  readonly status: number | undefined;
  /** Error code such as `APIG.0303`. */
  readonly code: string | undefined;
  /** Name of the API that the request is for. */
  readonly api: string | undefined;
  /** Where it goes, with the policy that chose it. */
  readonly backend: string | undefined;
  readonly limits: readonly string[];
  readonly policies: readonly string[];
}

/** Requests whose treatment changes in the same way. */
export interface OutcomeGroup {
  readonly verdict: Exclude<Verdict, 'none'>;
  readonly api: string;
  readonly environment: string;
  /** Who calls and how, such as `anonymous`, `app storefront`, `10.0.0.1, outside of every list`. */
  readonly callers: readonly string[];
  /** One line, such as `200 → 401 APIG.0303`. */
  readonly summary: string;
  readonly before: Outcome;
  readonly after: Outcome;
  /** An example first, then others; shortened. */
  readonly requests: readonly string[];
  readonly count: number;
}

/** A remark on the planned configuration, by a rule. */
export interface Finding {
  /** Name of the rule, such as `shadowed-route`. */
  readonly rule: string;
  readonly severity: 'error' | 'warning' | 'note';
  readonly message: string;
  readonly urn: string | undefined;
}
