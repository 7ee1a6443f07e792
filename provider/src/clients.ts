import { createClient, type Client } from '@apig/sdk';
import type { Connection } from './connection.ts';

/** Clients by their connection: the engine configures each kind on its own, and all with the same. */
const clients = new Map<string, Client>();

/** The client of a connection; the same one for the same connection. */
export function clientOf(connection: Connection): Client {
  const key = JSON.stringify(connection);
  const client = clients.get(key) ?? createClient(connection);
  clients.set(key, client);
  return client;
}
