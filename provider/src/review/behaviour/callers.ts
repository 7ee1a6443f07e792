import { admittedAddress, USUAL_ADDRESS } from './addresses.ts';
import type { ConfiguredObject } from './configuration.ts';
import { signed, type ProbeRequest } from './probe.ts';
import type { Published, View } from './view.ts';

/** Somebody who calls. */
export interface ProbeCaller {
  readonly name: string;
  /** An address from which it may call, if there is one. */
  readonly address: string;
  /** Makes a request this caller's. */
  as(request: ProbeRequest): ProbeRequest;
}

/** Apps of an API that are looked at. */
const MOST_APPS = 20;

const NOBODY_ELSE = { domainId: 'f'.repeat(32), domainName: 'somebody' };

/** An API on one side, or on both. */
export interface Sides {
  readonly before: Published | undefined;
  readonly after: Published | undefined;
  readonly views: { readonly before: View; readonly after: View };
}

/** Everybody who may call an API on one of the sides, and some who may not. */
export function callersOf(sides: Sides): readonly ProbeCaller[] {
  const present = [sides.before, sides.after].filter((side) => side !== undefined);
  const kinds = new Set(present.map(({ definition }) => definition.authentication));
  const hasSecondFactor = present.some(({ definition }) => definition.authorizerId !== undefined);
  const asksThird = present.some(({ plugins }) => plugins.some(({ body }) => body['type'] === 'third_auth'));
  const apps = kinds.has('APP') ? appCallers(sides) : [];
  const direct = [
    caller('anonymous', sides, (request) => request),
    ...apps,
    ...(kinds.has('IAM') ? accountCallers(sides) : []),
  ];
  if (!hasSecondFactor && !asksThird) return direct;
  const ids = authorizersOf(sides);
  const told = (allow: boolean) => (request: ProbeRequest) => ({
    ...request,
    authorizers: Object.fromEntries(ids.map((id) => [id, { allow }])),
    thirdParty: allow,
  });
  const refuser = hasSecondFactor ? 'the authorizer' : 'the third party';
  return direct.flatMap((each, index) => [
    { ...each, as: (request: ProbeRequest) => told(true)(each.as(request)) },
    // Who is refused by them is refused whoever it is: two callers show it.
    ...(index < 2
      ? [
          {
            ...each,
            name: `${each.name}, refused by ${refuser}`,
            as: (request: ProbeRequest) => told(false)(each.as(request)),
          },
        ]
      : []),
  ]);
}

/** Those of the callers that are served on a side, one for each side at most. */
export function servedCallers(sides: Sides, callers: readonly ProbeCaller[]): readonly ProbeCaller[] {
  const chosen = [sides.before, sides.after].map((side) => {
    if (side === undefined) return undefined;
    switch (side.definition.authentication) {
      case 'APP': {
        const names = side.apps.map(({ body }) => `app ${String(body['name'])}`);
        return callers.find(({ name }) => names.includes(name)) ?? callers[0];
      }
      case 'IAM':
        return callers.find(({ name }) => name.startsWith('account ')) ?? callers[0];
      case 'NONE':
      case 'AUTHORIZER':
        return callers[0];
    }
  });
  return [...new Set(chosen.filter((each) => each !== undefined))];
}

function authorizersOf({ before, after }: Sides): readonly string[] {
  const ids = [before, after].flatMap((side) =>
    side === undefined
      ? []
      : [...JSON.stringify(side.definition).matchAll(/"authorizerId":"([\w-]+)"/g)].map(
          (match) => match[1] ?? '',
        ),
  );
  return [...new Set(ids)];
}

function appCallers(sides: Sides): readonly ProbeCaller[] {
  const { before, after, views } = sides;
  const [old, planned] = [before?.apps ?? [], after?.apps ?? []];
  const ids = (apps: readonly ConfiguredObject[]) => new Set(apps.map(({ id }) => id));
  const [oldIds, plannedIds] = [ids(old), ids(planned)];
  const all = [...old, ...planned.filter(({ id }) => !oldIds.has(id))];
  // Those of one side first: they gain or lose.
  const ordered = [
    ...all.filter(({ id }) => oldIds.has(id) !== plannedIds.has(id)),
    ...all.filter(({ id }) => oldIds.has(id) === plannedIds.has(id)),
  ];
  const authorized = ordered.slice(0, MOST_APPS);
  const gatewayId = before?.gatewayId ?? after?.gatewayId ?? '';
  const stranger = [
    ...views.before.by('app', 'gatewayId', gatewayId),
    ...views.after.by('app', 'gatewayId', gatewayId),
  ].find(({ id }) => !oldIds.has(id) && !plannedIds.has(id));
  return [
    ...authorized.flatMap((app) => forms(app, sides)),
    ...(stranger === undefined ? [] : [asApp(`app ${nameOf(stranger)}, not authorized`, stranger, sides)]),
    caller('unknown app', sides, (request) =>
      signed(request, { key: 'unknown-app-key', secret: 'unknown-secret' }),
    ),
    ...authorized
      .slice(0, 1)
      .map((app) =>
        caller(`app ${nameOf(app)} with a wrong secret`, sides, (request) =>
          signed(request, { key: String(app.body['appKey']), secret: 'a-wrong-secret' }),
        ),
      ),
  ];
}

/** An app with what it shows now, what it will have to show, and its codes. */
function forms(app: ConfiguredObject, sides: Sides): readonly ProbeCaller[] {
  const { views } = sides;
  const old = views.before.get('app', app.id);
  const planned = views.after.get('app', app.id);
  const present = old ?? planned ?? app;
  const isChanged =
    old !== undefined &&
    planned !== undefined &&
    (old.body['appKey'] !== planned.body['appKey'] || old.body['appSecret'] !== planned.body['appSecret']);
  // A replaced app has another ID and the old name.
  const isSuccessor =
    old === undefined && views.before.all('app').some(({ body }) => body['name'] === app.body['name']);
  const codes = [
    ...views.before.by('appCode', 'appId', app.id),
    ...views.after.by('appCode', 'appId', app.id),
  ];
  const texts = [...new Set(codes.map(({ body }) => String(body['code'])))];
  return [
    asApp(`app ${nameOf(app)}${isSuccessor ? ' with its new key' : ''}`, present, sides),
    ...(isChanged ? [asApp(`app ${nameOf(app)} with its new key`, planned, sides)] : []),
    ...texts
      .slice(0, 3)
      .map((code, index) =>
        caller(
          `app ${nameOf(app)} by AppCode${texts.length > 1 ? ` ${String(index + 1)}` : ''}`,
          sides,
          (request) => ({ ...request, headers: { ...request.headers, 'X-Apig-AppCode': code } }),
          app,
        ),
      ),
  ];
}

function asApp(name: string, app: ConfiguredObject, sides: Sides): ProbeCaller {
  const keys = { key: String(app.body['appKey']), secret: String(app.body['appSecret']) };
  return caller(name, sides, (request) => signed(request, keys), app);
}

function accountCallers(sides: Sides): readonly ProbeCaller[] {
  const listed = [sides.before, sides.after].flatMap((side) =>
    (side?.acls ?? [])
      .filter(({ body }) => body['entityType'] !== 'IP')
      .flatMap(({ body }) =>
        (Array.isArray(body['values']) ? body['values'].map(String) : []).map((value) =>
          body['entityType'] === 'DOMAIN'
            ? { ...NOBODY_ELSE, domainName: value }
            : { ...NOBODY_ELSE, domainId: value, domainName: `with the ID ${value}` },
        ),
      ),
  );
  const unique = new Map([...listed, NOBODY_ELSE].map((account) => [account.domainName, account]));
  return [...unique.values()].map((account) =>
    caller(`account ${account.domainName}`, sides, (request) => ({ ...request, account })),
  );
}

function caller(
  name: string,
  sides: Sides,
  as: (request: ProbeRequest) => ProbeRequest,
  app?: ConfiguredObject,
): ProbeCaller {
  return { name, address: addressFor(sides, app), as };
}

/** An address from which an API may be called, on both sides if there is one. */
function addressFor({ before, after, views }: Sides, app: ConfiguredObject | undefined): string {
  const lists = (side: Published | undefined, view: View) => [
    ...(side?.acls ?? []).filter(({ body }) => body['entityType'] === 'IP'),
    ...(app === undefined ? [] : view.by('appAcl', 'appId', app.id)),
  ];
  const [old, planned] = [lists(before, views.before), lists(after, views.after)];
  return (
    admittedAddress([...old, ...planned]) ??
    (before === undefined ? admittedAddress(planned) : admittedAddress(old)) ??
    USUAL_ADDRESS
  );
}

function nameOf({ body }: ConfiguredObject): string {
  return String(body['name']);
}
