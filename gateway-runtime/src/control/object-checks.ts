import { descriptionOf, isApigError } from '@apig/sdk/contract';
import type { Stored } from '../store/configuration.ts';
import { assertOffered } from './actions/feature.ts';
import { collections } from './collections.ts';
import type { WriteScope } from './context.ts';
import type { Collection, CollectionKind } from './kinds.ts';
import { assertApisFit } from './rules/api.ts';
import { valuesOf } from './lookup.ts';
import { assertQuotaKept } from './siblings.ts';

/*
 * What a write of an object checks beyond its description, checked for objects that are in a draft already: by a
 * changeset, some time ago, or by a document.
 */

/** Why the rules of its kind refuse an object; undefined when they do not. */
export function refusalOf(object: Stored, scope: WriteScope): string | undefined {
  return messageOf(() => {
    if (object.kind === 'gatewayFeature') assertOffered((object as Stored<'gatewayFeature'>).body);
    if (!isCollectionKind(object.kind)) return;
    // The rules of a kind and its objects belong together; what kind that is, nobody here needs to know.
    const { rules } = collections[object.kind] as Collection<CollectionKind>;
    const { projectId } = valuesOf(object);
    const { account } = scope;
    // What lies in no gateway lies in a project, which need not be the caller's.
    const own = typeof projectId === 'string' ? { ...account, projectId } : account;
    rules.check?.(object.body as never, object.id, object as never, { ...scope, account: own });
  });
}

/** Tells of objects whether there are more of their kind beside them than there may be. Asks for each place once. */
export class Crowds {
  readonly #scope: WriteScope;
  readonly #known = new Map<string, string | undefined>();

  constructor(scope: WriteScope) {
    this.#scope = scope;
  }

  /** Why there may not be as many; undefined when there may. */
  refusalOf(object: Stored): string | undefined {
    const { kind } = object;
    if (!isCollectionKind(kind)) return undefined;
    const values = valuesOf(object);
    const { parents, quota } = descriptionOf(kind);
    const place = [kind, ...[...parents, ...(quota?.within ?? []), 'projectId'].map((name) => values[name])];
    const known = JSON.stringify(place);
    if (!this.#known.has(known)) this.#known.set(known, this.#look(object, kind));
    return this.#known.get(known);
  }

  #look(object: Stored, kind: CollectionKind): string | undefined {
    const { draft, limits } = this.#scope;
    return messageOf(() => {
      assertQuotaKept(descriptionOf(kind), kind, valuesOf(object), draft, limits);
      if (kind === 'api') assertApisFit((object as Stored<'api'>).body, this.#scope);
    });
  }
}

function isCollectionKind(kind: string): kind is CollectionKind {
  return Object.hasOwn(collections, kind);
}

function messageOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (isApigError(error)) return error.message;
    throw error;
  }
}
