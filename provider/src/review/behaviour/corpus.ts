import type { Json } from '@apig/sdk/contract';
import { borderAddresses, valuesOf } from './addresses.ts';
import { callersOf, servedCallers, type ProbeCaller, type Sides } from './callers.ts';
import type { Probe, ProbeRequest } from './probe.ts';
import { matchesPath, pathsMeet } from './paths.ts';
import { borderValues, filledPath, goodValue } from './sample-values.ts';
import type { Definition, Published, View } from './view.ts';

/** Requests of one comparison. */
export interface Corpus {
  readonly probes: readonly Probe[];
  /** How many APIs are looked at, of how many. */
  readonly apis: number;
  readonly allApis: number;
  readonly notes: readonly string[];
}

/** Bounds of a corpus. */
export interface CorpusBounds {
  readonly mostProbes: number;
  readonly mostProbesOfApi: number;
}

const BOUNDS: CorpusBounds = { mostProbes: 100_000, mostProbesOfApi: 400 };
/** What debug domains end in, in the runtime that compares. */
export const DEBUG_SUFFIX = 'apic.localhost';

/**
 * Requests that show what a change does: for each API that something about changes, and for those whose calls it could
 * take over, from everybody who may call it on either side, and at the borders of all that decides.
 */
export function corpusOf(
  before: View,
  after: View,
  { mostProbes, mostProbesOfApi }: CorpusBounds = BOUNDS,
): Corpus {
  const all = pairs(before, after);
  const touched = withNeighbours(all);
  const probes: Probe[] = [];
  const notes: string[] = [];
  let cut = 0;
  for (const sides of touched) {
    const own = probesOf({ ...sides, views: { before, after } });
    const room = Math.min(mostProbesOfApi, mostProbes - probes.length);
    if (own.length > room) cut += 1;
    probes.push(...own.slice(0, room));
  }
  probes.push(...hostProbes(before, after));
  if (cut > 0)
    notes.push(
      `Of ${String(cut)} APIs not all requests are compared: at most ${String(mostProbesOfApi)} of an API, and ${String(mostProbes)} in all.`,
    );
  return { probes, apis: touched.length, allApis: all.length, notes };
}

type Pair = Omit<Sides, 'views'>;

function pairs(before: View, after: View): readonly Pair[] {
  const old = new Map(before.published.map((each) => [each.key, each]));
  const planned = new Map(after.published.map((each) => [each.key, each]));
  return [...new Set([...old.keys(), ...planned.keys()])].map((key) => ({
    before: old.get(key),
    after: planned.get(key),
  }));
}

/** The APIs that differ, and those of the same group and environment whose calls could become theirs. */
function withNeighbours(all: readonly Pair[]): readonly Pair[] {
  const differ = all.filter(({ before, after }) => before?.fingerprint !== after?.fingerprint);
  const chosen = new Set(differ);
  const placeOf = ({ group, environment }: Published) => JSON.stringify([group.id, environment]);
  const routes = new Map<string, Published[]>();
  for (const { before, after } of differ) {
    // Where the routes stay as they are, nothing is taken over.
    if (before !== undefined && after !== undefined && routeOf(before) === routeOf(after)) continue;
    for (const side of [before, after]) {
      if (side === undefined) continue;
      const place = placeOf(side);
      routes.set(place, [...(routes.get(place) ?? []), side]);
    }
  }
  for (const pair of all) {
    const sides = [pair.before, pair.after].filter((side) => side !== undefined);
    const isNear = sides.some((side) =>
      (routes.get(placeOf(side)) ?? []).some((other) => pathsMeet(side.definition, other.definition)),
    );
    if (isNear) chosen.add(pair);
  }
  return all.filter((pair) => chosen.has(pair));
}

function routeOf({ definition: { method, path, matchMode } }: Published): string {
  return JSON.stringify([method, path, matchMode]);
}

interface Shape {
  readonly method: string;
  readonly definition: Definition;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** What follows the path. */
  readonly suffix: string;
}

/** The requests for one API, the most telling first. */
function probesOf(sides: Sides): readonly Probe[] {
  const present = [sides.before, sides.after].filter((side) => side !== undefined);
  const [first] = present;
  if (first === undefined) return [];
  const callers = callersOf(sides);
  const served = servedCallers(sides, callers);
  const hosts = hostsOf(present);
  const stage: Record<string, string> =
    first.environment === 'RELEASE' ? {} : { 'X-Stage': first.environment };
  const found = new Map<string, Probe>();
  const add = (note: string, who: ProbeCaller, request: Partial<ProbeRequest>, shape: Shape) => {
    const target = request.target ?? targetOf(shape);
    const plain: ProbeRequest = {
      method: shape.method,
      host: hosts[0] ?? '',
      target,
      secure: shape.definition.protocol !== 'HTTP',
      address: who.address,
      ...request,
      headers: { ...stage, ...shape.headers, ...request.headers },
    };
    // What authorizers say stays what a request says of it.
    const whole = who.as(plain);
    const merged = request.authorizers === undefined ? whole : { ...whole, authorizers: request.authorizers };
    const key = JSON.stringify([who.name, merged]);
    const caller = note === '' ? who.name : `${who.name}, ${note}`;
    if (!found.has(key))
      found.set(key, { api: first.api, environment: first.environment, caller, request: merged });
  };
  const shapes = uniqueShapes(sides);
  for (const shape of shapes) for (const who of callers) add('', who, {}, shape);
  for (const shape of shapes)
    for (const who of served) {
      for (const host of hosts.slice(1)) add(`on ${host}`, who, { host }, shape);
      add(
        shape.definition.protocol === 'HTTP' ? 'over HTTPS' : 'over HTTP',
        who,
        { secure: shape.definition.protocol === 'HTTP' },
        shape,
      );
      for (const method of otherMethods(present, shape.method))
        add(`by ${method}`, who, {}, { ...shape, method });
      for (const [note, target] of pathVariants(shape)) add(note, who, { target }, shape);
      for (const [note, other] of parameterVariants(shape)) add(note, who, {}, other);
      for (const [note, request, other] of policyVariants(shape)) add(note, who, request, other);
      for (const [note, headers] of originVariants(present, shape)) {
        add(note, who, { headers }, shape);
      }
      for (const address of addressesOf(sides)) add(`from ${address}`, who, { address }, shape);
    }
  for (const shape of shapes)
    for (const [note, headers] of preflights(present, shape)) {
      const [anybody] = callers;
      if (anybody !== undefined) add(note, anybody, { headers }, { ...shape, method: 'OPTIONS' });
    }
  return [...found.values()];
}

/** Domains of both sides, those of both first, then the debug domains. */
function hostsOf(present: readonly Published[]): readonly string[] {
  const names = present.map(({ domains }) => domains);
  const inAll = (name: string) => names.every((each) => each.includes(name));
  const all = [...new Set(names.flat())];
  const domains = [...all.filter(inAll), ...all.filter((name) => !inAll(name))].map((name) =>
    name.startsWith('*.') ? `any${name.slice(1)}` : name,
  );
  const debug = present
    .filter(({ group }) => group.body['debugDomainEnabled'] !== false)
    .map(({ group }) => `${group.id}.${DEBUG_SUFFIX}`);
  const hosts = [...domains, ...debug].map((name) => name.replace(/\.$/, '').toLowerCase());
  const [first] = present;
  return [
    ...new Set(hosts.length > 0 || first === undefined ? hosts : [`${first.group.id}.${DEBUG_SUFFIX}`]),
  ];
}

/** Requests as they are meant, by the definitions of both sides. */
function uniqueShapes({ before, after, views }: Sides): readonly Shape[] {
  const shapes = new Map<string, Shape>();
  for (const [side, view] of [[before, views.before] as const, [after, views.after] as const]) {
    if (side === undefined) continue;
    const { definition } = side;
    const method = definition.method === 'ANY' ? 'GET' : definition.method;
    const valuesAt = (location: string) =>
      Object.fromEntries(
        definition.requestParameters
          .filter((parameter) => parameter.location === location)
          .map((parameter) => [parameter.name, goodValue(parameter)]),
      );
    const plain: Shape = {
      method,
      definition,
      path: valuesAt('PATH'),
      query: valuesAt('QUERY'),
      headers: valuesAt('HEADER'),
      suffix: '',
    };
    const shape = atOwnPath(plain, side, view);
    const key = JSON.stringify([method, targetOf(shape), shape.headers, definition.protocol]);
    const known = shapes.get(key);
    // Of two definitions that are asked the same way, the borders of both are looked at.
    shapes.set(known === undefined ? key : `${key} ${JSON.stringify(definition)}`, shape);
  }
  return [...shapes.values()];
}

/** A request that no other API of the group wins, if there is one. */
function atOwnPath(shape: Shape, own: Published, view: View): Shape {
  const others = view.published
    .filter(
      (other) => other !== own && other.group.id === own.group.id && other.environment === own.environment,
    )
    .map(({ definition }) => definition)
    .filter(({ method }) => method === 'ANY' || method === shape.method);
  const end = own.definition.path.endsWith('/') ? 'below' : '/below';
  const candidates = [shape, ...(own.definition.matchMode === 'PREFIX' ? [{ ...shape, suffix: end }] : [])];
  const pathOf = (candidate: Shape) => targetOf(candidate).split('?', 1)[0] ?? '';
  return (
    candidates.find((candidate) => !others.some((other) => matchesPath(other, pathOf(candidate)))) ??
    candidates.at(-1) ??
    shape
  );
}

function targetOf({ definition, path, query, suffix }: Shape, rest?: string): string {
  const params = new URLSearchParams(query).toString();
  const filled = `${filledPath(definition.path, path, rest)}${suffix}`;
  return params === '' ? filled : `${filled}?${params}`;
}

function otherMethods(present: readonly Published[], method: string): readonly string[] {
  const named = present.map(({ definition }) => definition.method);
  const usual = named.includes('ANY')
    ? ['GET', 'POST', 'PUT', 'DELETE']
    : [method === 'GET' ? 'POST' : 'GET'];
  return [...new Set([...named, ...usual])].filter((each) => each !== method && each !== 'ANY');
}

function pathVariants(shape: Shape): readonly (readonly [string, string])[] {
  const target = targetOf(shape);
  const [path = '', query] = target.split('?', 2);
  const withQuery = (other: string) => (query === undefined ? other : `${other}?${query}`);
  const variants: (readonly [string, string])[] = [
    ['with a part more', withQuery(`${path === '/' ? '' : path.replace(/\/$/, '')}/more`)],
    ...(shape.suffix === '' ? [] : [['at its own path', targetOf({ ...shape, suffix: '' })] as const]),
    ['with a final slash', withQuery(path.endsWith('/') ? path : `${path}/`)],
  ];
  if (path.lastIndexOf('/') > 0)
    variants.push(['with a part less', withQuery(path.slice(0, path.lastIndexOf('/')))]);
  if (shape.definition.path.includes('+}')) variants.push(['with another rest', targetOf(shape, 'other')]);
  return variants;
}

function parameterVariants(shape: Shape): readonly (readonly [string, Shape])[] {
  const { definition } = shape;
  return definition.requestParameters.flatMap((parameter): (readonly [string, Shape])[] => {
    const { name, location } = parameter;
    const part = location === 'PATH' ? 'path' : location === 'QUERY' ? 'query' : 'headers';
    const { [name]: _, ...others } = shape[part];
    const withValue = (value: string): Shape => ({ ...shape, [part]: { ...others, [name]: value } });
    return [
      ...(location === 'PATH' ? [] : [[`without ${name}`, { ...shape, [part]: others }] as const]),
      ...borderValues(parameter).map((value) => [`${name} ${shortened(value)}`, withValue(value)] as const),
    ];
  });
}

function shortened(value: string): string {
  return value.length > 20 ? `of ${String(value.length)} characters` : value;
}

type Condition = Definition['httpPolicies'][number]['conditions'][number];

/** Requests that meet the conditions of policies that choose a backend. */
function policyVariants(shape: Shape): readonly (readonly [string, Partial<ProbeRequest>, Shape])[] {
  const { httpPolicies, mockPolicies, functionPolicies } = shape.definition;
  return [...httpPolicies, ...mockPolicies, ...functionPolicies].flatMap(({ name, conditions }) => {
    const met = conditions.reduce<readonly [Partial<ProbeRequest>, Shape]>(
      ([request, inner], condition) => meeting(condition, request, inner),
      [{}, shape],
    );
    const one = conditions.length > 1 ? conditions.map((condition) => meeting(condition, {}, shape)) : [];
    return [met, ...one].map(([request, inner]) => [`as policy ${name} asks`, request, inner] as const);
  });
}

function meeting(
  condition: Condition,
  request: Partial<ProbeRequest>,
  shape: Shape,
): readonly [Partial<ProbeRequest>, Shape] {
  const value = condition.type === 'enum' ? (condition.value.split(',')[0] ?? '').trim() : literal(condition);
  switch (condition.origin) {
    case 'source': {
      const [address] = borderAddresses([condition.value.split(',').map((text) => text.trim())]).addresses;
      return [address === undefined ? request : { ...request, address }, shape];
    }
    case 'system': {
      const isMethod = /method/i.test(condition.systemParameter ?? '');
      if (isMethod) return [request, { ...shape, method: value }];
      return [value.startsWith('/') ? { ...request, target: value } : request, shape];
    }
    case 'param': {
      const name = condition.requestParameter ?? '';
      const declared = shape.definition.requestParameters.find((parameter) => parameter.name === name);
      if (declared === undefined) return [request, shape];
      const part =
        declared.location === 'PATH' ? 'path' : declared.location === 'QUERY' ? 'query' : 'headers';
      return [request, { ...shape, [part]: { ...shape[part], [name]: value } }];
    }
    case 'cookie':
      return [
        { ...request, headers: { ...request.headers, Cookie: `${condition.cookie ?? ''}=${value}` } },
        shape,
      ];
    case 'frontend_authorizer': {
      const key = (condition.authorizerParameter ?? '').replace(/^\$context\.authorizer\.frontend\./, '');
      const { authorizerId } = shape.definition;
      if (authorizerId === undefined) return [request, shape];
      const before: Json = request.authorizers?.[authorizerId]?.context ?? {};
      const context = { ...before, [key]: value };
      return [{ ...request, authorizers: { [authorizerId]: { allow: true, context } } }, shape];
    }
  }
}

/** A text that a simple pattern matches: the pattern without what has a meaning in it. */
function literal({ type, value }: Condition): string {
  if (type !== 'pattern') return value;
  const plain = value
    .replace(/^\^|\$$/g, '')
    .replace(/\(\?:|[()]/g, '')
    .replace(/\|.*$/, '')
    .replace(/\.[*+]/g, 'x')
    .replace(/\[([^\]])[^\]]*\][*+]?/g, '$1')
    .replace(/\\d[*+]?/g, '1')
    .replace(/\\w[*+]?/g, 'x')
    .replace(/\\(.)/g, '$1');
  return plain === '' ? 'x' : plain;
}

/** Origins that plug-ins name, and one that none names. */
function originsOf(present: readonly Published[]): readonly string[] {
  const named = present.flatMap(({ plugins }) =>
    plugins
      .filter(({ body }) => body['type'] === 'cors')
      .flatMap(({ body }) => {
        const origins = /"allow_origin"\s*:\s*"([^"]*)"/.exec(String(body['content']))?.[1] ?? '';
        return origins.split(',').map((origin) => origin.trim());
      }),
  );
  const isAsked = named.length > 0 || present.some(({ definition }) => definition.cors);
  const texts = named.filter((origin) => /^https?:\/\/[\w.:-]+$/.test(origin)).slice(0, 5);
  return isAsked ? [...new Set([...texts, 'https://elsewhere.example'])] : [];
}

function originVariants(
  present: readonly Published[],
  _: Shape,
): readonly (readonly [string, Record<string, string>])[] {
  return originsOf(present).map((origin) => [`from a page of ${origin}`, { Origin: origin }] as const);
}

function preflights(
  present: readonly Published[],
  { method }: Shape,
): readonly (readonly [string, Record<string, string>])[] {
  const origins = originsOf(present);
  return (origins.length > 0 ? origins : ['https://elsewhere.example']).map(
    (origin) =>
      [
        `a browser's question from ${origin}`,
        { Origin: origin, 'Access-Control-Request-Method': method },
      ] as const,
  );
}

function addressesOf({ before, after, views }: Sides): readonly string[] {
  const lists = [before, after].flatMap((side) =>
    (side?.acls ?? [])
      .filter(({ body }) => body['entityType'] === 'IP')
      .map(({ body }) => valuesOf(body['values'])),
  );
  const ofApps = [before, after].flatMap((side, index) =>
    (side?.apps ?? []).flatMap(({ id }) =>
      (index === 0 ? views.before : views.after)
        .by('appAcl', 'appId', id)
        .map(({ body }) => valuesOf(body['values'])),
    ),
  );
  return borderAddresses([...lists, ...ofApps]).addresses;
}

/** Calls of hosts that lead nowhere, or to the gateway itself. */
function hostProbes(before: View, after: View): readonly Probe[] {
  const trusted = [before, after].flatMap((view) =>
    view
      .all('gatewayFeature')
      .filter(({ body }) => body['name'] === 'default_group_host_trustlist')
      .flatMap(({ body }) =>
        [...String(body['config']).matchAll(/"([\w.-]+\.[\w.-]+)"/g)].map((match) => match[1] ?? ''),
      ),
  );
  const hosts = ['unbound.example', ...new Set(trusted)];
  return hosts.flatMap((host) =>
    [true, false].map((secure) => ({
      api: '',
      environment: '',
      caller: `anonymous, on ${host}`,
      request: { method: 'GET', host, target: '/', secure, headers: {}, address: '198.51.100.7' },
    })),
  );
}
