import type { Kind } from '@apig/sdk/contract';
import type { Examined } from '../examined.ts';
import type { Graph, Side } from '../graph.ts';
import { isSecret } from '../hidden.ts';
import type { Operation, Topology, TopologyEdge, TopologyNode, TopologyState } from '../model.ts';
import { publicationsOf } from '../publications.ts';
import { policyOf } from '../reasons.ts';
import { tiesOf } from '../ties.ts';
import { isUnknown } from '../../unknown.ts';

type Found = Omit<TopologyNode, 'state'> & { readonly operation: Operation | undefined };

interface SideFound {
  readonly nodes: ReadonlyMap<string, Found>;
  /** Pairs of keys, as JSON. */
  readonly edges: ReadonlySet<string>;
}

/** Works out what leads to which API on both sides of a plan, and where the APIs lead. */
export function topologyOf(examined: Examined): Topology {
  const [before, after] = [lookAt(examined, 'before'), lookAt(examined, 'after')];
  const nodes = [...new Map([...before.nodes, ...after.nodes])].map(
    ([key, { operation, ...node }]): TopologyNode => {
      const isChanged = operation === 'update' || operation === 'replace';
      const both: TopologyState = isChanged ? 'changed' : 'same';
      return { ...node, state: stateOf(before.nodes.has(key), after.nodes.has(key), both) };
    },
  );
  const edges = [...new Set([...before.edges, ...after.edges])].map((edge): TopologyEdge => {
    const [from, to] = JSON.parse(edge) as [string, string];
    return { from, to, state: stateOf(before.edges.has(edge), after.edges.has(edge), 'same') };
  });
  return { nodes, edges };
}

function stateOf(wasThere: boolean, isThere: boolean, both: TopologyState): TopologyState {
  return wasThere ? (isThere ? both : 'removed') : 'added';
}

/** One side: each API once for each environment in which it is in force. */
function lookAt(examined: Examined, side: Side): SideFound {
  const { [side]: graph, labelOf } = examined;
  const nodes = new Map<string, Found>();
  const edges = new Set<string>();
  const join = (from: string, to: string) => edges.add(JSON.stringify([from, to]));
  const plain = (role: TopologyNode['role'], key: string, label: string) =>
    void nodes.set(key, {
      key,
      role,
      label,
      detail: undefined,
      environment: undefined,
      operation: graph.stepOf(key)?.operation,
    });
  for (const { api, environment, deployment } of publicationsOf(graph).values()) {
    const place = placeKey(api, environment);
    const { method, path } = graph.stateOf(api)?.inputs ?? {};
    const steps = [graph.stepOf(api)?.operation, graph.stepOf(deployment)?.operation];
    nodes.set(place, {
      key: place,
      role: 'api',
      label: labelOf(api),
      detail: [method, path].filter(isShown).join(' ') || undefined,
      environment: labelOf(environment),
      operation: steps.find((step) => step !== undefined && step !== 'same' && step !== 'read'),
    });
    for (const group of graph.targets(api, 'groupId'))
      for (const domain of graph.users(group, 'domain', 'groupId')) {
        plain('domain', domain, labelOf(domain));
        join(domain, place);
      }
    for (const { key, label, operation } of backendsOf(graph, api)) {
      nodes.set(key, { key, role: 'backend', label, detail: undefined, environment: undefined, operation });
      join(place, key);
    }
    for (const authorizer of graph.targets(api).filter((key) => graph.kindOf(key) === 'authorizer')) {
      plain('policy', authorizer, policyOf(examined, authorizer));
      join(place, authorizer);
    }
  }
  for (const { kind, api, environment, owner } of tiesOf(graph).values()) {
    const place = placeKey(api, environment);
    if (!nodes.has(place)) continue;
    if (kind === 'appAuthorization') {
      plain('app', owner, labelOf(owner));
      join(owner, place);
    } else {
      plain('policy', owner, policyOf(examined, owner));
      join(place, owner);
    }
  }
  return { nodes, edges };
}

function placeKey(api: string, environment: string): string {
  return JSON.stringify([api, environment]);
}

const BACKENDS: Readonly<Record<string, string>> = {
  mockBackend: 'mock answer',
  mockPolicies: 'mock answer',
};

/** Where an API leads: channels and addresses, also by its policies. No query and no constant is part of it. */
function backendsOf(
  graph: Graph,
  api: string,
): readonly { readonly key: string; readonly label: string; readonly operation: Operation | undefined }[] {
  const inputs = graph.stateOf(api)?.inputs ?? {};
  const fields = [
    'httpBackend',
    'mockBackend',
    'functionBackend',
    'httpPolicies',
    'mockPolicies',
    'functionPolicies',
  ];
  const channels = graph
    .targets(api)
    .filter((key) => graph.kindOf(key) === ('loadBalanceChannel' satisfies Kind))
    .map((key) => ({ key, label: `channel ${graph.labelOf(key)}`, operation: graph.stepOf(key)?.operation }));
  const labels = fields.flatMap((field) =>
    [inputs[field]].flat().flatMap((backend: unknown) => {
      if (typeof backend !== 'object' || backend === null) return [];
      const { address, functionUrn } = backend as Readonly<Record<string, unknown>>;
      const label = BACKENDS[field] ?? [address, functionUrn].find(isShown);
      return label === undefined ? [] : [label];
    }),
  );
  return [...channels, ...labels.map((label) => ({ key: `backend ${label}`, label, operation: undefined }))];
}

function isShown(value: unknown): value is string {
  return typeof value === 'string' && !isUnknown(value) && !isSecret(value);
}
