import { isDeepStrictEqual } from 'node:util';
import type { Timers } from '../clock.ts';
import type { Bodies } from '../store/configuration.ts';
import type { Microservices } from '../microservices.ts';
import { Channel, originOf } from './channel.ts';
import { discover } from './discovery.ts';
import { HealthCheck } from './health-check.ts';
import type { SideCalls } from './side-call.ts';
import { OWN_STANDINGS, type Standings } from './standings.ts';

type Definition = Bodies['loadBalanceChannel'];

interface Entry {
  readonly channel: Channel;
  definition: Definition;
  /** Member ID -> what watches it. */
  checks: Map<string, HealthCheck>;
}

/** What is known of a member. */
export interface MemberHealth {
  readonly channelId: string;
  readonly memberId: string;
  readonly isHealthy: boolean;
}

type OnHealth = (health: MemberHealth) => void;

/** The channels of all gateways, with the state that outlives changes of the configuration. */
export class Channels {
  readonly #sideCalls: SideCalls;
  readonly #timers: Timers;
  readonly #standings: Standings;
  readonly #microservices: Microservices;
  readonly #onHealth: OnHealth | undefined;
  readonly #entries = new Map<string, Entry>();
  #origins: ReadonlySet<string> = new Set();

  /** @param onHealth told when a member turns out to be healthy, or not */
  constructor(
    sideCalls: SideCalls,
    timers: Timers,
    microservices: Microservices,
    standings: Standings = OWN_STANDINGS,
    onHealth?: OnHealth,
  ) {
    this.#sideCalls = sideCalls;
    this.#timers = timers;
    this.#microservices = microservices;
    this.#standings = standings;
    this.#onHealth = onHealth;
  }

  get(id: string): Channel | undefined {
    return this.#entries.get(id)?.channel;
  }

  /** Takes over the definition of a channel, new or changed. */
  put(id: string, given: Definition): void {
    const definition = discover(id, given, this.#microservices);
    const before = this.#entries.get(id);
    const entry = before ?? { channel: this.#create(id, definition), definition, checks: new Map() };
    if (before !== undefined) {
      // Another check may come to another result, so what the last one found does not count.
      const isSameCheck = isDeepStrictEqual(before.definition.healthCheck, definition.healthCheck);
      if (!isSameCheck) this.#forget(entry);
      entry.channel.update(definition);
      entry.definition = definition;
    }
    this.#entries.set(id, entry);
    this.#watch(entry);
    this.#collectOrigins();
  }

  remove(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#forget(entry);
    this.#entries.delete(id);
    this.#collectOrigins();
  }

  /** Whether an origin is that of a member. */
  isInUse(origin: string): boolean {
    return this.#origins.has(origin);
  }

  /** Notes what was found out elsewhere. */
  setHealth({ channelId, memberId, isHealthy }: MemberHealth): void {
    const channel = this.get(channelId);
    if (channel?.members.some(({ id }) => id === memberId) === true) channel.setHealth(memberId, isHealthy);
  }

  /** The members that are not healthy. */
  unhealthy(): readonly MemberHealth[] {
    return [...this.#entries].flatMap(([channelId, { channel }]) =>
      channel.unhealthy.map((memberId) => ({ channelId, memberId, isHealthy: false })),
    );
  }

  /** Takes back what a thread that is no more has under way. */
  forgetThread(owner: number): void {
    for (const { channel } of this.#entries.values()) {
      for (const { id } of channel.members) this.#standings.forget(id, owner);
    }
  }

  /** Watches nobody any more. */
  stop(): void {
    for (const { checks } of this.#entries.values()) for (const check of checks.values()) check.stop();
  }

  #create(channelId: string, definition: Definition): Channel {
    const onHealth = this.#onHealth;
    return new Channel(
      definition,
      this.#standings,
      onHealth && ((memberId, isHealthy) => onHealth({ channelId, memberId, isHealthy })),
    );
  }

  #forget({ channel, checks }: Entry): void {
    for (const [id, check] of checks) {
      check.stop();
      channel.setHealth(id, true);
    }
    checks.clear();
  }

  /** Goes on watching members that stay where they are, and begins with the others. */
  #watch(entry: Entry): void {
    const { channel, definition, checks } = entry;
    const { healthCheck } = definition;
    if (healthCheck?.enabled !== true) return;
    const kept = new Map<string, HealthCheck>();
    for (const { id, enabled } of definition.members) {
      const member = enabled ? channel.members.find((each) => each.id === id) : undefined;
      const check = checks.get(id);
      if (check !== undefined && check.address !== member?.address) {
        check.stop();
        channel.setHealth(id, true);
      }
      if (member === undefined) continue;
      const isKept = check?.address === member.address;
      kept.set(
        id,
        isKept ? check : new HealthCheck(member, healthCheck, channel, this.#sideCalls, this.#timers),
      );
    }
    for (const [id, check] of checks) if (!kept.has(id)) check.stop();
    entry.checks = kept;
  }

  #collectOrigins(): void {
    this.#origins = new Set(
      [...this.#entries.values()].flatMap(({ channel }) =>
        channel.members.flatMap((member) => [originOf(member, 'HTTP'), originOf(member, 'HTTPS')]),
      ),
    );
  }
}
