import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { APP, BACKEND_KEY, BLOCKED, LIMITED_PATH, LIMITS, STRANGER } from './policy.ts';
import { pathOf, startNode, startPinned, type Pinned } from './process.ts';

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
export const PLAIN_PEERS = ['nginx', 'haproxy', 'caddy', 'fastify'] as const;

/** Programs that enforce the full policy. */
export const POLICY_PEERS = ['nginx+lua'] as const;

/** A program that is measured beside the gateway. */
export type Peer = (typeof PLAIN_PEERS)[number] | (typeof POLICY_PEERS)[number];

/** Debian's packages of them. */
export const PACKAGES: Readonly<Record<Peer, string>> = {
  nginx: 'nginx-light',
  haproxy: 'haproxy',
  caddy: 'caddy',
  fastify: 'none: it comes with npm',
  'nginx+lua': 'nginx-light libnginx-mod-http-lua',
};

/** Where a peer runs, and what it passes calls on to. */
export interface PeerPlace {
  /** For its files. */
  readonly folder: string;
  readonly core: number | string;
  readonly port: number;
  readonly backendPort: number;
}

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
    location = ${LIMITED_PATH} { default_type application/json; return 200 '${SMALL}'; }
    location = /take { default_type application/json; client_max_body_size 1m; return 200 '${SMALL}'; }
    location = /large { default_type application/octet-stream; }
    location = /seen { default_type application/json; return 200 '{"host":"$http_host","authorization":"$http_authorization","date":"$http_x_sdk_date"}'; }`;
  return startPinned('backend', core, nginx, nginxArgs(folder, 'backend', port, server), port);
}

/** Starts a peer; undefined when it is not installed. */
export async function startPeer(name: Peer, place: PeerPlace): Promise<Pinned | undefined> {
  const { folder, core, port, backendPort } = place;
  if (name === 'fastify') {
    return startNode(name, core, 'fastify-process.ts', [String(port), String(backendPort)], port);
  }
  const program = pathOf(name === 'nginx+lua' ? 'nginx' : name);
  if (program === undefined) return undefined;
  switch (name) {
    case 'haproxy': {
      const file = join(folder, 'haproxy.cfg');
      writeFileSync(file, haproxyText(port, backendPort));
      return startPinned(name, core, program, ['-db', '-f', file], port);
    }
    case 'caddy': {
      const file = join(folder, 'Caddyfile');
      writeFileSync(file, caddyText(port, backendPort));
      // It keeps its last configuration where the user keeps such things, unless told of another place.
      const args = [`XDG_CONFIG_HOME=${folder}`, `XDG_DATA_HOME=${folder}`, program, 'run', '--config', file];
      return startPinned(name, core, 'env', [...args, '--adapter', 'caddyfile'], port);
    }
    case 'nginx': {
      const server = `location / { ${nginxProxy('$host')} }`;
      const args = nginxArgs(folder, 'peer', port, server, { http: nginxUpstream(backendPort) });
      return startPinned(name, core, program, args, port);
    }
    case 'nginx+lua':
      return startPolicyNginx(program, place);
  }
}

/** nginx that enforces the full policy in Lua; undefined without the module. */
function startPolicyNginx(
  program: string,
  { folder, core, port, backendPort }: PeerPlace,
): Promise<Pinned> | undefined {
  const modules = ['/usr/lib/nginx/modules', '/usr/local/nginx/modules'].find((each) =>
    existsSync(join(each, 'ngx_http_lua_module.so')),
  );
  if (modules === undefined) return undefined;
  const backendHost = `127.0.0.1:${backendPort}`;
  const luaFolder = join(import.meta.dirname, 'nginx');
  const settings = join(folder, 'settings.lua');
  const api = (limit: number) =>
    `{ limit = ${limit}, seconds = 86400, allowed = { ['${APP.accessKey}'] = true } }`;
  writeFileSync(
    settings,
    `return {
  apps = { ['${APP.accessKey}'] = '${APP.secret}', ['${STRANGER.accessKey}'] = '${STRANGER.secret}' },
  apis = { orders = ${api(LIMITS.much)}, limited = ${api(LIMITS.few)} },
  backend_host = '${backendHost}', backend_key = '${BACKEND_KEY.accessKey}', backend_secret = '${BACKEND_KEY.secret}',
}
`,
  );
  const proxy = `access_by_lua_block { policy.enforce() }
      ${nginxProxy(backendHost)}
      proxy_set_header Authorization $backend_authorization; proxy_set_header X-Sdk-Date $backend_date;`;
  const server = `
    client_max_body_size 12m; client_body_buffer_size 16k;
    set $backend_authorization ''; set $backend_date '';
    location / { set $api orders; ${proxy} }
    location = ${LIMITED_PATH} { set $api limited; ${proxy} }`;
  const http = `
    lua_package_path '${luaFolder}/?.lua;;';
    init_by_lua_block { policy = require 'policy'; policy.configure(dofile('${settings}')) }
    geo $blocked { default 0; ${BLOCKED.map((range) => `${range} 1;`).join(' ')} }
    ${nginxUpstream(backendPort)}`;
  const main = ['ndk_http_module', 'ngx_http_lua_module'].map(
    (name) => `load_module ${join(modules, name)}.so;`,
  );
  const args = nginxArgs(folder, 'policy', port, server, { http, main: main.join(' ') });
  return startPinned('nginx+lua', core, program, args, port);
}

/** Passes a call on over kept connections, with what gateways tell backends about callers. */
function nginxProxy(host: string): string {
  return `
      proxy_pass http://backend; proxy_http_version 1.1;
      proxy_set_header Connection ""; proxy_set_header Host ${host};
      proxy_set_header X-Request-Id $request_id; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Real-IP $remote_addr;
      add_header X-Request-Id $request_id;`;
}

function nginxUpstream(backendPort: number): string {
  return `upstream backend { server 127.0.0.1:${backendPort}; keepalive 256; keepalive_requests 1000000000; }`;
}

function nginxArgs(
  folder: string,
  name: string,
  port: number,
  server: string,
  { http = '', main = '' }: { readonly http?: string; readonly main?: string } = {},
): readonly string[] {
  const file = join(folder, `${name}.conf`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${join(folder, `${name}-${kind}`)};`)
    .join(' ');
  writeFileSync(
    file,
    `${main}
worker_processes 1; worker_rlimit_nofile 20000; daemon off;
pid ${join(folder, `${name}.pid`)}; error_log ${join(folder, `${name}.log`)};
events { worker_connections 20000; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 1h; ${temporary}
  ${http}
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

/** Caddy adds the usual headers about callers itself. */
function caddyText(port: number, backendPort: number): string {
  return `{
  admin off
  auto_https off
  log {
    level ERROR
  }
}
http://127.0.0.1:${port}, http://:${port} {
  bind 127.0.0.1
  header X-Request-Id {http.request.uuid}
  reverse_proxy 127.0.0.1:${backendPort} {
    header_up X-Request-Id {http.request.uuid}
    header_up X-Real-IP {remote_host}
    transport http {
      keepalive_idle_conns 256
      keepalive_idle_conns_per_host 256
      versions 1.1
    }
  }
}
`;
}
