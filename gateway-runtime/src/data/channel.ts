import { createChoice, type BalanceKey, type Candidate, type Choose } from './balancing.ts';
import type { Bodies } from '../store/configuration.ts';
import { OWN_STANDINGS, type Standing, type Standings } from './standings.ts';

type Definition = Bodies['loadBalanceChannel'];

/** A server that can take calls of a channel. */
export class Member implements Candidate {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly address: string;
  readonly weight: number;
  readonly standing: Standing;

  constructor(id: string, host: string, port: number, weight: number, standing: Standing) {
    this.id = id;
    this.host = host;
    this.port = port;
    this.address = `${host}:${port}`;
    this.weight = weight;
    this.standing = standing;
  }

  get active(): number {
    return this.standing.active;
  }

  set active(active: number) {
    this.standing.active = active;
  }

  get due(): number {
    return this.standing.due;
  }

  set due(due: number) {
    this.standing.due = due;
  }
}

/** A member that has a call under way. */
export interface Lease {
  readonly member: Member;
  /** The call has ended. */
  end(): void;
}

/** The origin of a member, in the form in which connections are kept. */
export function originOf({ host, port }: Pick<Member, 'host' | 'port'>, protocol: 'HTTP' | 'HTTPS'): string {
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const text = `${protocol.toLowerCase()}://${name}:${port}`;
  return URL.parse(text)?.origin ?? text;
}

const NONE: Choose<Member> = () => undefined;

/**
 * The members of a channel as calls find them. A channel is no part of a snapshot: its members and their health act at
 * once on every API that uses it.
 *
 * Members that are disabled, unhealthy or of weight 0 take no calls. Backups take calls only while no other member can.
 * A group's weight stands in the place of the weights of its members.
 *
 * Source: API reference, "Creating a Load Balance Channel"; user guide, "Configuring Backend Server Addresses".
 */
export class Channel {
  #definition: Definition;
  #choose: Choose<Member> = NONE;
  #rotation: readonly Member[] = [];
  /** Members by ID, with what they have under way. */
  #members: ReadonlyMap<string, Member> = new Map();
  readonly #unhealthy = new Set<string>();
  readonly #standings: Standings;
  readonly #onHealth: ((memberId: string, isHealthy: boolean) => void) | undefined;

  /** @param onHealth told when a member turns out to be healthy, or not */
  constructor(
    definition: Definition,
    standings: Standings = OWN_STANDINGS,
    onHealth?: (memberId: string, isHealthy: boolean) => void,
  ) {
    this.#definition = definition;
    this.#standings = standings;
    this.#onHealth = onHealth;
    this.update(definition);
  }

  /** Takes over another definition. Members that stay keep their health, and the calls that they have under way count. */
  update(definition: Definition): void {
    this.#definition = definition;
    const weights = new Map(definition.memberGroups.map(({ name, weight }) => [name, weight]));
    this.#members = new Map(
      definition.members.map((each) => {
        const before = this.#members.get(each.id);
        const [host, port] = [each.host ?? '', each.port === 0 ? definition.port : each.port];
        const weight = (each.group === undefined ? undefined : weights.get(each.group)) ?? each.weight;
        const standing = before?.standing ?? this.#standings.of(each.id);
        const member = new Member(each.id, host, port, weight, standing);
        if (before?.address === member.address && before.weight === weight) return [each.id, before];
        return [each.id, member];
      }),
    );
    for (const id of this.#unhealthy) if (!this.#members.has(id)) this.#unhealthy.delete(id);
    this.#prepare();
  }

  /** Notes what a health check found out. */
  setHealth(memberId: string, isHealthy: boolean): void {
    if (isHealthy === this.isHealthy(memberId)) return;
    if (isHealthy) this.#unhealthy.delete(memberId);
    else this.#unhealthy.add(memberId);
    this.#prepare();
    this.#onHealth?.(memberId, isHealthy);
  }

  isHealthy(memberId: string): boolean {
    return !this.#unhealthy.has(memberId);
  }

  /** A member for a call, other than those given; undefined when no other one can take it. */
  take(key: BalanceKey, skipped: ReadonlySet<Member>): Lease | undefined {
    const member = this.#take(key, skipped);
    if (member === undefined) return undefined;
    let isOver = false;
    return {
      member,
      end: () => {
        if (isOver) return;
        isOver = true;
        this.#standings.enter();
        member.active -= 1;
        this.#standings.leave();
      },
    };
  }

  /** IDs of the members that a check has found unhealthy. */
  get unhealthy(): readonly string[] {
    return [...this.#unhealthy];
  }

  get members(): readonly Member[] {
    return [...this.#members.values()];
  }

  /** The members that take calls at the moment. */
  get rotation(): readonly Member[] {
    return this.#rotation;
  }

  #take(key: BalanceKey, skipped: ReadonlySet<Member>): Member | undefined {
    this.#standings.enter();
    try {
      const member = this.#choose(key, skipped);
      if (member !== undefined) member.active += 1;
      return member;
    } finally {
      this.#standings.leave();
    }
  }

  #prepare(): void {
    const { members, strategy } = this.#definition;
    const usable = (isBackup: boolean) =>
      members
        .filter(({ backup, enabled, id }) => backup === isBackup && enabled && !this.#unhealthy.has(id))
        .flatMap(({ id }) => this.#members.get(id) ?? [])
        .filter(({ weight }) => weight > 0);
    const usual = usable(false);
    const chosen = usual.length > 0 ? usual : usable(true);
    // Who can take calls is others than before, so nobody is due anything from then.
    this.#standings.enter();
    for (const member of chosen) member.due = 0;
    this.#standings.leave();
    this.#rotation = chosen;
    this.#choose = createChoice(strategy, chosen);
  }
}
