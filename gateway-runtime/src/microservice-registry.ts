import type { Instance, Microservice, Microservices } from './microservices.ts';

/** Instances of a microservice: of a service in an engine, or of a workload in a cluster. */
export type MicroserviceEntry = EngineEntry | WorkloadEntry;

interface Instances {
  /** Version of the instances. */
  readonly version?: string | undefined;
  /** Labels of the instances. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Where they are: `host:port`, or `host` with the port of the channel; addresses of IPv6 in brackets. */
  readonly members: readonly string[];
}

interface EngineEntry extends Instances {
  readonly engine_id: string;
  readonly service_id: string;
}

interface WorkloadEntry extends Instances {
  readonly cluster_id: string;
  readonly namespace: string;
  readonly workload_type?: string | undefined;
  readonly app_name?: string | undefined;
}

/** The microservices of a configuration, in the place of the registries of a cloud. */
export class MicroserviceRegistry implements Microservices {
  readonly #entries: readonly MicroserviceEntry[];

  constructor(entries: readonly MicroserviceEntry[]) {
    this.#entries = entries;
  }

  hasEngine(engineId: string): boolean {
    return this.#entries.some((entry) => 'engine_id' in entry && entry.engine_id === engineId);
  }

  instancesOf(service: Microservice): readonly Instance[] | undefined {
    const found = this.#entries.filter((entry) => isOf(service, entry));
    if (found.length === 0) return undefined;
    return found.flatMap(({ members, version, labels = {} }) =>
      members.map((member) => ({ ...placeOf(member), version, labels })),
    );
  }
}

/** Host and port of a member as a file names it. */
export function placeOf(member: string): Pick<Instance, 'host' | 'port'> {
  const [, host = member, port] = MEMBER.exec(member) ?? [];
  return { host: host.replace(/^\[|\]$/g, ''), port: port === undefined ? undefined : Number(port) };
}

/** A host name, an address or an address of IPv6 in brackets, and maybe a port. */
export const MEMBER = /^(\[[\da-f:.]+\]|[^\s/?#@\\:[\]]{1,64})(?::(\d{1,5}))?$/i;

function isOf({ serviceType, engine, workload }: Microservice, entry: MicroserviceEntry): boolean {
  if (serviceType === 'CSE') {
    return (
      'engine_id' in entry && entry.engine_id === engine?.engineId && entry.service_id === engine.serviceId
    );
  }
  if (workload === undefined || !('cluster_id' in entry)) return false;
  const { clusterId, namespace, workloadType, appName, labelKey, labelValue } = workload;
  return (
    entry.cluster_id === clusterId &&
    entry.namespace === namespace &&
    (entry.workload_type ?? workloadType) === workloadType &&
    (appName === undefined || entry.app_name === appName) &&
    (labelKey === undefined || entry.labels?.[labelKey] === labelValue)
  );
}
