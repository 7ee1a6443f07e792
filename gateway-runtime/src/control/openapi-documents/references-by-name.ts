import { fail, type Json } from '@apig/sdk/contract';
import type { ConfigurationReader } from '../../store/configuration.ts';
import { mapTargets } from './backend.ts';

/** Finds what an API refers to by its name. All throw the "does not exist" error for a name that nothing has. */
export interface NamedObjects {
  /** ID of an authorizer. */
  readonly authorizer: (name: string) => string;
  /** ID of a load balance channel. */
  readonly channel: (name: string) => string;
}

/** A request with IDs in the place of names. */
export function withIds(request: Json, named: NamedObjects): Json {
  return mapTargets(authorizerById(request), (target) => {
    const { vpc_channel_name: channel, ...rest } = authorizerById(target);
    return channel === undefined ? rest : { ...rest, vpc_channel_id: named.channel(textOf(channel)) };
  });

  function authorizerById(holder: Json): Json {
    const { authorizer_name: name, ...rest } = holder;
    return name === undefined ? rest : { ...rest, authorizer_id: named.authorizer(textOf(name)) };
  }
}

/** A request with names in the place of IDs. */
export function withNames(request: Json, configuration: ConfigurationReader): Json {
  return mapTargets(authorizerByName(request), (target) => {
    const { vpc_channel_id: id, ...rest } = authorizerByName(target);
    if (typeof id !== 'string') return rest;
    const channel = configuration.get('loadBalanceChannel', id);
    if (channel === undefined) throw fail('loadBalanceChannelNotFound', { id });
    return { ...rest, vpc_channel_name: channel.body.name };
  });

  function authorizerByName(holder: Json): Json {
    const { authorizer_id: id, ...rest } = holder;
    if (typeof id !== 'string') return rest;
    const authorizer = configuration.get('authorizer', id);
    if (authorizer === undefined) throw fail('authorizerNotFound', { id });
    return { ...rest, authorizer_name: authorizer.body.name };
  }
}

function textOf(name: unknown): string {
  if (typeof name === 'string') return name;
  throw fail('valueInvalid', { reason: 'expected a name', field: 'name' });
}
