import { descriptionOf, resources, type Json, type Kind } from '@apig/sdk/contract';
import { check, type CheckResult } from './check.ts';
import { Claims } from './claims.ts';
import { readConnection, type StackConfig } from './connection.ts';
import { diff, type Diff } from './diff.ts';
import { withName } from './names.ts';
import type { Operations } from './operations.ts';
import { ADOPT, IMPORTED, keptTimeouts, partsOf, TIMEOUTS, uniqueName } from './properties.ts';

/*
 * What the text in the state of every resource asks for, now and in later versions: `provider(kind)`.
 */

/** The part of a dynamic provider that the engine's Node process calls. Source: Pulumi's SDK for Node, `dynamic.ResourceProvider`. */
export interface Provider extends Operations {
  configure(request: { readonly config: StackConfig }): Promise<void>;
  check(olds: Json, news: Json): Promise<CheckResult>;
  diff(id: string, olds: Json, news: Json): Promise<Diff>;
}

const providers = new Map<Kind, Provider>();

/** The provider of a kind; the same one for all its resources. */
export function provider(kind: string): Provider {
  if (!isKind(kind)) {
    throw new Error(
      `This version of @apig/provider does not know the kind ${kind}. Install the version that made the resource, or a later one.`,
    );
  }
  const provider = providers.get(kind) ?? createProvider(kind);
  providers.set(kind, provider);
  return provider;
}

function createProvider(kind: Kind): Provider {
  const description = descriptionOf(kind);
  let claims = new Claims();
  /** What the program says now of the time of resources, which the state may not yet have. */
  const timeouts = new Map<string, unknown>();
  let connection = readConnection({ get: () => undefined });
  let operations: Promise<Operations> | undefined;

  function connected(): Promise<Operations> {
    if ('problem' in connection) return Promise.reject(new Error(connection.problem));
    const [present, held] = [connection, claims];
    operations ??= import('./operations.ts').then(({ operationsOf }) => operationsOf(kind, present, held));
    return operations;
  }

  return {
    // Done when it returns: the engine's Node process does not wait for it before other calls.
    configure({ config }) {
      connection = readConnection(config);
      claims = new Claims();
      operations = undefined;
      return Promise.resolve();
    },

    check(olds, news) {
      // The first call of every run. What is missing may be known by the time that something needs it.
      if ('problem' in connection && !connection.isMissing) {
        const failures = [{ property: '', reason: connection.problem }];
        return Promise.resolve({ inputs: news, failures });
      }
      const name = uniqueName(description, olds);
      if (name !== undefined) claims.know(name);
      // An import is given what the service shows; the program then says the rest.
      if (news[IMPORTED] === true) return Promise.resolve({ inputs: news, failures: [] });
      const { inputs: checked, failures } = check(description, withName(description, olds, news));
      const inputs = {
        ...checked,
        ...(news[ADOPT] === true ? { [ADOPT]: true } : {}),
        ...keptTimeouts(news),
      };
      // The engine would show the value of a property that is named by itself, also when it is a secret.
      const shown = failures.map(({ property, reason }) => ({
        property: '',
        reason: `${property}: ${reason}`,
      }));
      return Promise.resolve({ inputs, failures: shown });
    },

    diff(id, olds, news) {
      const found = diff(description, olds, news);
      timeouts.set(id, news[TIMEOUTS]);
      if (found.replaces.length === 0) claims.hold(id, partsOf(description, news));
      return Promise.resolve(found);
    },

    create: async (asked) => (await connected()).create(asked),
    read: async (id, properties) => (await connected()).read(id, properties),
    update: async (id, before, asked) => (await connected()).update(id, before, asked),
    delete: async (id, properties) =>
      (await connected()).delete(id, {
        ...properties,
        ...(timeouts.has(id) ? { [TIMEOUTS]: timeouts.get(id) } : {}),
      }),
  };
}

function isKind(kind: string): kind is Kind {
  return Object.hasOwn(resources, kind);
}
