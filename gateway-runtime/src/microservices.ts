import type { Bodies } from './store/configuration.ts';

type Channel = Bodies['loadBalanceChannel'];

/** A microservice as channels name it. */
export type Microservice = NonNullable<Channel['microservice']>;

/** An instance of a microservice. */
export interface Instance {
  readonly host: string;
  /** Undefined: that of the channel, or of its group. */
  readonly port: number | undefined;
  readonly version: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

/** Who knows where the instances of microservices are. */
export interface Microservices {
  /** Whether a microservice engine is known at all. */
  hasEngine(engineId: string): boolean;
  /** The instances of a microservice; undefined for one that is not known. */
  instancesOf(service: Microservice): readonly Instance[] | undefined;
}

/** No microservices at all. */
export const NO_MICROSERVICES: Microservices = { hasEngine: () => false, instancesOf: () => undefined };
