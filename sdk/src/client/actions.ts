import { fromAnswer } from '../messages.ts';
import type { OutputOf } from '../describe.ts';
import { descriptionOf, type Resources } from '../resources/index.ts';
import type { Json } from '../wire.ts';
import { idOf, textOf } from './answer-fields.ts';
import { readAll } from './pages.ts';
import { encodeId, fillPath } from './paths.ts';
import type { Transport } from './transport.ts';
import type { CallOptions } from './types.ts';

/** A version of an API that was published, and may be in force. */
export interface Publication {
  /** API that was published. */
  readonly apiId: string;
  /** Environment in which it was. */
  readonly environmentId: string;
  /** Identifies the version. */
  readonly versionId: string;
  /** Time of its publication, `YYYYMMDDhhmmss` in UTC. */
  readonly versionNo: string;
  /** Whether callers find this version. */
  readonly inForce: boolean;
  /** Remark on the publication. */
  readonly remark: string;
}

/** What can be done besides creating, reading, changing and deleting. */
export interface Actions {
  /** Gives an app another secret: the given one, or a generated one. The old one is refused from then on. */
  resetAppSecret(
    app: { readonly gatewayId: string; readonly id: string; readonly appSecret?: string },
    options?: CallOptions,
  ): Promise<OutputOf<Resources['app']>>;
  /** Versions of an API, the newest first: of one environment, or of all. */
  publications(
    api: { readonly gatewayId: string; readonly apiId: string; readonly environmentId?: string },
    options?: CallOptions,
  ): Promise<readonly Publication[]>;
  /** Puts an earlier version of an API in force in the environment in which it was published. */
  switchVersion(
    version: { readonly gatewayId: string; readonly apiId: string; readonly versionId: string },
    options?: CallOptions,
  ): Promise<void>;
}

/** The actions, over a transport. */
export function createActions(transport: Transport): Actions {
  return {
    async resetAppSecret({ gatewayId, id, appSecret }, { signal } = {}) {
      const path = `${fillPath('instances/{gatewayId}/apps/secret', { gatewayId })}/${encodeId('id', id)}`;
      const body: Json = appSecret === undefined ? {} : { app_secret: appSecret };
      const answer = await transport.call({ method: 'PUT', path, body, signal });
      return fromAnswer(descriptionOf('app'), answer, { gatewayId }) as OutputOf<Resources['app']>;
    },

    async publications({ gatewayId, apiId, environmentId }, { signal } = {}) {
      const path = publishPath(gatewayId, apiId);
      const entries = await readAll(transport, path, 'api_versions', { env_id: environmentId }, signal);
      return entries.map((entry) => ({
        apiId: idOf(entry, 'api_id'),
        environmentId: idOf(entry, 'env_id'),
        versionId: idOf(entry, 'version_id'),
        versionNo: idOf(entry, 'version_no'),
        inForce: entry['status'] === 1,
        remark: textOf(entry, 'remark') ?? '',
      }));
    },

    async switchVersion({ gatewayId, apiId, versionId }, { signal } = {}) {
      const body = { version_id: versionId };
      await transport.call({ method: 'PUT', path: publishPath(gatewayId, apiId), body, signal });
    },
  };
}

function publishPath(gatewayId: string, apiId: string): string {
  return `${fillPath('instances/{gatewayId}/apis/publish', { gatewayId })}/${encodeId('apiId', apiId)}`;
}
