import { parseAddress } from '@apig/sdk/contract';

/** Where a server listens. Port 0 is any free port. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Reads `host:port` or `[host]:port`; undefined when the text is neither. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = /^(?:\[([\da-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/i.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host === undefined || port > 65_535 ? undefined : { host, port };
}

/** Writes an address as it stands in a URL. */
export function formatListenAddress({ host, port }: ListenAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Whether only this machine reaches the address. */
export function isLoopback({ host }: ListenAddress): boolean {
  if (host === 'localhost') return true;
  const address = parseAddress(host);
  if (address === undefined) return false;
  return address.family === 4 ? address.value >> 24n === 127n : address.value === 1n;
}
