import { connect } from 'node:net';
import type { Timers } from '../clock.ts';
import type { Bodies } from '../store/configuration.ts';
import { originOf, type Channel, type Member } from './channel.ts';
import type { SideCalls } from './side-call.ts';

type Settings = NonNullable<Bodies['loadBalanceChannel']['healthCheck']>;

/** Bytes of an answer's body that a check reads, and drops. */
const MAX_BYTES = 1024 * 1024;

/**
 * Watches one member: asks it in the given intervals, the first time after one, and tells the channel when enough
 * results in a row are unlike what is known. A check that is late is not joined by another one.
 *
 * Source: API reference, "Creating a Load Balance Channel" (vpc_health_config).
 */
export class HealthCheck {
  readonly #member: Member;
  readonly #settings: Settings;
  readonly #channel: Channel;
  readonly #sideCalls: SideCalls;
  readonly #timers: Timers;
  /** Results in a row that are unlike what is known. */
  #unlike = 0;
  #cancel: () => void = () => undefined;
  #isOver = false;

  constructor(member: Member, settings: Settings, channel: Channel, sideCalls: SideCalls, timers: Timers) {
    this.#member = member;
    this.#settings = settings;
    this.#channel = channel;
    this.#sideCalls = sideCalls;
    this.#timers = timers;
    this.#wait();
  }

  /** Host and port of the member that is watched. */
  get address(): string {
    return this.#member.address;
  }

  /** Asks no more. */
  stop(): void {
    this.#isOver = true;
    this.#cancel();
  }

  #wait(): void {
    if (this.#isOver) return;
    this.#cancel = this.#timers.after(this.#settings.intervalSeconds * 1000, () => void this.#check());
  }

  async #check(): Promise<void> {
    const isGood = await isAlive(this.#member, this.#settings, this.#sideCalls);
    if (this.#isOver) return;
    this.#note(isGood);
    this.#wait();
  }

  #note(isGood: boolean): void {
    const { id } = this.#member;
    if (isGood === this.#channel.isHealthy(id)) {
      this.#unlike = 0;
      return;
    }
    this.#unlike += 1;
    const { healthyThreshold, unhealthyThreshold } = this.#settings;
    if (this.#unlike < (isGood ? healthyThreshold : unhealthyThreshold)) return;
    this.#unlike = 0;
    this.#channel.setHealth(id, isGood);
  }
}

/** Whether a member answers as it should. */
async function isAlive(member: Member, settings: Settings, sideCalls: SideCalls): Promise<boolean> {
  const { protocol, method, path = '/', goodStatuses = '200' } = settings;
  const at = { host: member.host, port: settings.port === 0 ? member.port : settings.port };
  const timeoutMs = settings.timeoutSeconds * 1000;
  if (protocol === 'TCP') return isListening(at, timeoutMs);
  try {
    const url = `${originOf(at, protocol)}${encodeURI(path)}`;
    const { status } = await sideCalls.send({ url, method, head: [], timeoutMs, maxBytes: MAX_BYTES });
    return holds(goodStatuses, status);
  } catch {
    // Whatever keeps it from answering, it cannot take calls.
    return false;
  }
}

function isListening({ host, port }: Pick<Member, 'host' | 'port'>, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port });
    const end = (isGood: boolean) => {
      socket.destroy();
      resolve(isGood);
    };
    socket.setTimeout(timeoutMs, () => {
      end(false);
    });
    socket.on('connect', () => {
      end(true);
    });
    socket.on('error', () => {
      end(false);
    });
  });
}

/** Whether a status is one of those in a text such as `200,201-299`. */
function holds(statuses: string, status: number): boolean {
  return statuses.split(',').some((item) => {
    const [first = 0, last = first] = item.split('-').map(Number);
    return first <= status && status <= last;
  });
}
