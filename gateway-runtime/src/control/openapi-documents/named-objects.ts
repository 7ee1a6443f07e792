import { isDeepStrictEqual } from 'node:util';
import { descriptionOf, toRequest, type ControlErrorName, type Json } from '@apig/sdk/contract';
import type { Bodies, Stored } from '../../store/configuration.ts';
import { collections } from '../collections.ts';
import { find, notFound, valuesOf } from '../lookup.ts';
import { FIELD, OWN_FIELD } from './extension-fields.ts';
import { create, update, type ImportScope } from './import-scope.ts';
import { readAcl, readSpecialLimits, readThrottle, type SpecialLimit } from './policies.ts';
import type { NamedObjects } from './references-by-name.ts';
import { invalid, isObject, objectAt, own, textAt } from './values.ts';

/** Kinds of which a document names objects. */
type NamedKind = 'throttle' | 'acl' | 'authorizer' | 'loadBalanceChannel';

/** The fields of a document with definitions of objects, by their names. */
const DEFINED_IN = {
  throttle: FIELD.ratelimits,
  acl: FIELD.accessControls,
  authorizer: OWN_FIELD.authorizers,
  loadBalanceChannel: OWN_FIELD.channels,
} as const satisfies Readonly<Record<NamedKind, string>>;

const MISSING = {
  throttle: 'throttleNotFound',
  acl: 'aclNotFound',
  authorizer: 'authorizerNotFound',
  loadBalanceChannel: 'loadBalanceChannelNotFound',
} as const satisfies Readonly<Record<NamedKind, ControlErrorName>>;

/**
 * The objects that operations of a document name: those of the gateway, made from the document's definitions where there
 * is none of that name, and changed to them where a definition is to win.
 */
export class DocumentObjects {
  readonly #root: Json;
  readonly #replacesPolicies: boolean;
  /** Policies that are as the document has them. */
  readonly #done: ReadonlySet<string>;
  readonly #doing = new Set<string>();

  constructor(root: Json, replacesPolicies: boolean, done: ReadonlySet<string> = new Set()) {
    this.#root = root;
    this.#replacesPolicies = replacesPolicies;
    this.#done = done;
  }

  /** The same for one more operation: what it asks for counts when it succeeds. */
  next(): DocumentObjects {
    return new DocumentObjects(this.#root, this.#replacesPolicies, this.done);
  }

  /** Policies that were asked for and are as the document has them. */
  get done(): ReadonlySet<string> {
    return new Set([...this.#done, ...this.#doing]);
  }

  /** What stands in the place of the names of authorizers and channels. */
  named(scope: ImportScope): NamedObjects {
    return {
      authorizer: (name) => this.#referred(scope, 'authorizer', name).id,
      channel: (name) => this.#referred(scope, 'loadBalanceChannel', name).id,
    };
  }

  /** Names of the throttles that the document defines. */
  get throttles(): readonly string[] {
    return Object.keys(objectAt(this.#root, FIELD.ratelimits) ?? {});
  }

  /** Names of the ACLs that the document defines. */
  get acls(): readonly string[] {
    return Object.keys(objectAt(this.#root, FIELD.accessControls) ?? {});
  }

  /** The throttle of a name. @throws throttleNotFound, or what keeps it from being made */
  throttle(scope: ImportScope, name: string): Stored<'throttle'> {
    const { existing, definition } = this.#policy(scope, 'throttle', name);
    if (definition === undefined) return existing as Stored<'throttle'>;
    const request = readThrottle(name, definition);
    const throttle =
      existing === undefined
        ? create(scope, collections.throttle, request)
        : update(scope, collections.throttle, existing.id, request);
    for (const special of scope.draft.by('throttleException', 'throttleId', throttle.id))
      scope.draft.remove(special);
    for (const special of readSpecialLimits(definition)) {
      create(scope, collections.throttleException, withApp(scope, special), { throttleId: throttle.id });
    }
    return throttle;
  }

  /** The ACL of a name. @throws aclNotFound, or what keeps it from being made */
  acl(scope: ImportScope, name: string): Stored<'acl'> {
    const { existing, definition } = this.#policy(scope, 'acl', name);
    if (definition === undefined) return existing as Stored<'acl'>;
    const request = readAcl(name, definition);
    return existing === undefined
      ? create(scope, collections.acl, request)
      : update(scope, collections.acl, existing.id, request);
  }

  /** The plug-in of a name. @throws pluginNotFound */
  plugin(scope: ImportScope, name: string): Stored<'plugin'> {
    const plugin = scope.draft
      .by('plugin', 'gatewayId', scope.gatewayId)
      .find(({ body }) => body.name === name);
    if (plugin === undefined) throw notFound('pluginNotFound', name);
    return plugin;
  }

  /** ID of the gateway response that an operation has for itself; undefined when it has the group's. */
  responseId(scope: ImportScope, groupId: string, operation: Json): string | undefined {
    const name = textAt(operation, OWN_FIELD.responseName);
    const responses = objectAt(operation, FIELD.responses);
    const all = scope.draft.by('gatewayResponse', 'groupId', groupId);
    if (responses === undefined) {
      if (name === undefined) return undefined;
      const named = all.find(({ body }) => body.name === name);
      if (named === undefined) throw notFound('gatewayResponseNotFound', name);
      return named.id;
    }
    const same = all.find(({ body }) => (name === undefined ? isAs(body, responses) : body.name === name));
    if (same === undefined) {
      const body = { name: name ?? freeName(all.map((each) => each.body.name)), responses };
      return create(scope, collections.gatewayResponse, body, { groupId }).id;
    }
    const key = `gatewayResponse ${same.body.name}`;
    if (this.#replacesPolicies && !this.done.has(key)) {
      this.#doing.add(key);
      update(scope, collections.gatewayResponse, same.id, { name: same.body.name, responses }, { groupId });
    }
    return same.id;
  }

  /** A policy that is there, and the definition that it is to get, if any. */
  #policy<K extends 'throttle' | 'acl'>(
    scope: ImportScope,
    kind: K,
    name: string,
  ): { readonly existing: Stored<K> | undefined; readonly definition: Json | undefined } {
    const existing = byName(scope, kind, name);
    const definition = this.#definition(kind, name);
    if (existing === undefined && definition === undefined) throw notFound(MISSING[kind], name);
    const key = `${kind} ${name}`;
    const stays = existing !== undefined && (this.done.has(key) || !this.#replacesPolicies);
    this.#doing.add(key);
    return { existing, definition: stays ? undefined : definition };
  }

  #referred<K extends 'authorizer' | 'loadBalanceChannel'>(
    scope: ImportScope,
    kind: K,
    name: string,
  ): Stored<K> {
    const existing = byName(scope, kind, name);
    if (existing !== undefined) return existing;
    const definition = this.#definition(kind, name);
    if (definition === undefined) throw notFound(MISSING[kind], name);
    return create<K>(scope, collections[kind], { ...definition, name });
  }

  #definition(kind: NamedKind, name: string): Json | undefined {
    const field = DEFINED_IN[kind];
    const definition = own(objectAt(this.#root, field) ?? {}, name);
    if (definition === undefined || isObject(definition)) return definition;
    throw invalid(`${field}.${name}`, 'expected an object');
  }
}

/** The object of a kind that has a name. Each of these kinds has names that are unique in the gateway. */
function byName<K extends NamedKind>(
  { draft, gatewayId }: ImportScope,
  kind: K,
  name: string,
): Stored<K> | undefined {
  return draft.by<NamedKind>(kind, 'name', name).find(({ body }) => body.gatewayId === gatewayId) as
    Stored<K> | undefined;
}

/** The request for a special limit; an app that is not of this gateway is looked for by its name. */
function withApp({ draft, gatewayId }: ImportScope, { request, appName }: SpecialLimit): Json {
  const { object_type: type, object_id: id } = request;
  if (type !== 'APP' || typeof appName !== 'string' || find(draft, 'app', gatewayId, String(id)))
    return request;
  const app = draft.by('app', 'name', appName).find(({ body }) => body.gatewayId === gatewayId);
  return app === undefined ? request : { ...request, object_id: app.id };
}

function isAs(body: Bodies['gatewayResponse'], responses: Json): boolean {
  const request = toRequest(descriptionOf('gatewayResponse'), valuesOf({ body }));
  return isDeepStrictEqual(request['responses'], responses);
}

function freeName(taken: readonly string[]): string {
  for (let number = 1; ; number += 1) {
    const name = `imported-${number}`;
    if (!taken.includes(name)) return name;
  }
}
