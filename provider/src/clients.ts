import { createClient, type Client } from '@apig/sdk';
import type { Connection } from './connection.ts';
import { complete } from './identity.ts';

/** Clients by their connection: the engine configures each kind on its own, and all with the same. */
const clients = new Map<string, Promise<Client>>();

/** The client of a connection; the same one for the same connection. */
export function clientOf(connection: Connection): Promise<Client> {
  const key = JSON.stringify(connection);
  const client = clients.get(key) ?? complete(connection).then((settings) => createClient(settings));
  clients.set(key, client);
  // A failure may pass.
  client.catch(() => clients.delete(key));
  return client;
}
