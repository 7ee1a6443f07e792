import { join } from 'node:path';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import { Authentication } from './control/authentication.ts';
import type { Credentials } from './control/credentials.ts';
import { ConfiguredIdentities } from './control/identities.ts';
import type { Limits } from './control/limits.ts';
import { controlRoutes } from './control/routes.ts';
import { startControlServer } from './control/server.ts';
import type { Log } from './observe/log.ts';
import { Ledger } from './store/ledger.ts';
import { openSqlite } from './store/sqlite.ts';

/** Where a server listens. Port 0 is any free port. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** What a gateway is started with. */
export interface GatewayConfig {
  /** Holds the database; made when it is not there. */
  readonly dataDirectory: string;
  readonly credentials: Credentials;
  readonly management: ListenAddress;
  /** Debug domain of a group: `<group id>.apic.<suffix>`. */
  readonly domainSuffix: string;
  /** Limits that differ from the service's, by the name of the configuration item. */
  readonly limits: Limits;
  readonly log: Log;
  /** The machine's clock, unless given. */
  readonly clock?: Clock;
}

/** A gateway that serves. */
export interface Gateway {
  /** Where the management API listens. */
  readonly management: ListenAddress;
  /** Stops accepting, lets calls under way end, and closes the store. */
  close(): Promise<void>;
}

/** Starts a gateway. @throws StartupError when something keeps it from serving. */
export async function createGateway(config: GatewayConfig): Promise<Gateway> {
  const { dataDirectory, credentials, management, domainSuffix, limits, log } = config;
  const clock = config.clock ?? systemClock;
  const store = await openSqlite(join(dataDirectory, 'gateway.db'));
  const configuration = await store.load();
  const identities = new ConfiguredIdentities(credentials);
  const ledger = new Ledger(store, configuration, clock, []);
  const server = await startControlServer(
    {
      routes: controlRoutes({ ledger, limits, domainSuffix, address: management.host }),
      runtimeRoutes: [],
      probes: { health: () => ({ status: 200, body: { status: 'ok' } }) },
      authentication: new Authentication(identities, clock),
      projectId: credentials.accounts[0].projectId,
      log,
    },
    management,
  );
  return {
    management: { host: server.host, port: server.port },
    close: async () => {
      await server.close();
      await store.close();
    },
  };
}
