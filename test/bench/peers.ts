import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathOf, startPinned, type Pinned } from './process.ts';

/** The answer that small requests get. */
export const SMALL = JSON.stringify({
  id: 7,
  name: 'an order',
  items: [{ sku: 'a-1', count: 2 }],
  total: '12.50',
  state: 'open',
});

/** Bytes of the large answer. */
export const LARGE_BYTES = 65_536;

/** Programs that do what a plain proxy does. */
export const PEERS = ['nginx', 'haproxy'] as const;

/** Starts a backend: nginx, as it is fast enough not to be what is measured. */
export async function startBackend(
  folder: string,
  core: number | string,
  port: number,
): Promise<Pinned | undefined> {
  const nginx = pathOf('nginx');
  if (nginx === undefined) return undefined;
  const root = join(folder, 'www');
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, 'large'), 'x'.repeat(LARGE_BYTES));
  const server = `
    root ${root};
    location = /small { default_type application/json; return 200 '${SMALL}'; }
    location = /take { default_type application/json; client_max_body_size 1m; return 200 '${SMALL}'; }
    location = /large { default_type application/octet-stream; }`;
  return startPinned('backend', core, nginx, nginxArgs(folder, 'backend', port, server), port);
}

/** Starts a peer as a plain proxy; undefined when it is not installed. */
export async function startPeer(
  name: (typeof PEERS)[number],
  folder: string,
  core: number,
  port: number,
  backendPort: number,
): Promise<Pinned | undefined> {
  const program = pathOf(name);
  if (program === undefined) return undefined;
  if (name === 'haproxy') {
    const file = join(folder, 'haproxy.cfg');
    writeFileSync(file, haproxyText(port, backendPort));
    return startPinned(name, core, program, ['-db', '-f', file], port);
  }
  const server = `
    location / {
      proxy_pass http://backend; proxy_http_version 1.1;
      proxy_set_header Connection ""; proxy_set_header Host $host;
      proxy_set_header X-Request-Id $request_id; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Real-IP $remote_addr;
      add_header X-Request-Id $request_id;
    }`;
  const upstream = `upstream backend { server 127.0.0.1:${backendPort}; keepalive 256; keepalive_requests 1000000000; }`;
  return startPinned(name, core, program, nginxArgs(folder, 'peer', port, server, upstream), port);
}

function nginxArgs(folder: string, name: string, port: number, server: string, more = ''): readonly string[] {
  const file = join(folder, `${name}.conf`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${join(folder, `${name}-${kind}`)};`)
    .join(' ');
  writeFileSync(
    file,
    `worker_processes 1; daemon off; pid ${join(folder, `${name}.pid`)}; error_log ${join(folder, `${name}.log`)};
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 75s; ${temporary}
  ${more}
  server { listen 127.0.0.1:${port} backlog=4096; ${server} }
}
`,
  );
  return ['-c', file, '-e', join(folder, `${name}.log`)];
}

function haproxyText(port: number, backendPort: number): string {
  return `global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  option http-keep-alive
  http-reuse always
frontend in
  bind 127.0.0.1:${port}
  unique-id-format %{+X}o%ci%cp%fi%fp%Ts%rt%pid
  unique-id-header X-Request-Id
  option forwardfor
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Real-IP %[src]
  http-response set-header X-Request-Id %[unique-id]
  default_backend out
backend out
  server one 127.0.0.1:${backendPort} pool-max-conn 256
`;
}
