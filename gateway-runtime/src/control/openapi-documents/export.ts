import { descriptionOf, encode, fail, toRequest, type Json, type Kind } from '@apig/sdk/contract';
import { stringify } from 'yaml';
import type { Bodies, ConfigurationReader, Stored, StoredKind } from '../../store/configuration.ts';
import { debugDomainOf } from '../answers/api-group.ts';
import { tiesAt } from '../bindings/ties.ts';
import { AnsweredFile } from '../call.ts';
import type { View } from '../context.ts';
import { required, valuesOf } from '../lookup.ts';
import { publicationAt } from '../publication.ts';
import { mapTargets } from './backend.ts';
import { compact } from './details.ts';
import type { ExportOptions } from './export-options.ts';
import { FIELD, OWN_FIELD } from './extension-fields.ts';
import { writeOperation } from './operation.ts';
import { addOperation } from './operations.ts';
import { writeAcl, writeThrottle } from './policies.ts';
import { withNames } from './references-by-name.ts';

const MEDIA_TYPES = { json: 'application/json', yaml: 'application/yaml', yml: 'application/yaml' } as const;

/** Writes the APIs of a group as a document. Source: API reference, "Exporting APIs". @throws the "does not exist" error of what is asked for */
export function exportDocument(
  options: ExportOptions,
  view: View,
  gatewayId: string,
  nowMs: number,
): AnsweredFile {
  const { configuration } = view;
  const group = required(configuration, 'apiGroup', gatewayId, options.groupId);
  const environment = required(configuration, 'environment', gatewayId, options.environmentId);
  const parts = new DocumentParts(configuration, environment, options);
  for (const api of apisOf(options, configuration, gatewayId)) parts.add(api);
  const document = {
    ...headOf(group, options, view, nowMs),
    paths: parts.paths,
    ...parts.fields,
    ...responsesOf(group, configuration),
  };
  const { format } = options;
  const text =
    format === 'json'
      ? JSON.stringify(document, null, 2)
      : stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 });
  const name = `${group.body.name.replace(/[^\w.-]/g, '_')}.${format}`;
  return new AnsweredFile(name, MEDIA_TYPES[format], text);
}

/** An API as it is to be written. */
interface ExportedApi {
  readonly id: string;
  readonly body: Bodies['api'];
}

/** The parts of a document that grow with every API. */
class DocumentParts {
  readonly paths: Json = {};
  readonly #schemes: Json = {};
  readonly #named: Record<string, Json> = {};
  readonly #configuration: ConfigurationReader;
  readonly #environment: Stored<'environment'>;
  readonly #options: ExportOptions;

  constructor(
    configuration: ConfigurationReader,
    environment: Stored<'environment'>,
    options: ExportOptions,
  ) {
    this.#configuration = configuration;
    this.#environment = environment;
    this.#options = options;
  }

  add({ id, body }: ExportedApi): void {
    const { version, define } = this.#options;
    const { input } = descriptionOf('api');
    const request = withNames(encode(input, valuesOf({ body })), this.#configuration);
    const { operation, schemes } = writeOperation(request, version, define !== 'spec');
    Object.assign(this.#schemes, schemes);
    if (define === 'all' || define === 'dev') this.#define(body);
    const bound = define === 'all' ? this.#bound(id) : {};
    const response = define === 'spec' ? {} : responseOf(body, this.#configuration);
    addOperation(this.paths, body.path, body.method, { ...operation, ...bound, ...response });
  }

  /** The fields of the document that tell what its operations name. */
  get fields(): Json {
    const { version, define } = this.#options;
    const schemes = this.#schemes;
    return {
      ...(Object.keys(schemes).length > 0 &&
        (version === '2.0'
          ? { securityDefinitions: schemes }
          : { components: { securitySchemes: schemes } })),
      ...(define === 'all' && { [OWN_FIELD.environment]: this.#environment.body.name }),
      ...this.#named,
    };
  }

  /** Defines the authorizers and channels that an API refers to, so that it can be made where they are not. */
  #define(body: Bodies['api']): void {
    const { input } = descriptionOf('api');
    const request = encode(input, valuesOf({ body }));
    const holders = [request];
    mapTargets(request, (target) => {
      holders.push(target);
      return target;
    });
    for (const { authorizer_id: authorizerId, vpc_channel_id: channelId } of holders) {
      this.#refer('authorizer', OWN_FIELD.authorizers, authorizerId);
      this.#refer('loadBalanceChannel', OWN_FIELD.channels, channelId);
    }
  }

  #refer(kind: 'authorizer' | 'loadBalanceChannel', field: string, id: unknown): void {
    const object = typeof id === 'string' ? this.#configuration.get<typeof kind>(kind, id) : undefined;
    if (object === undefined) return;
    const { name: _, ...definition } = requestOf(object);
    this.#name(field, object.body.name, definition);
  }

  /** What is bound to an API in the environment. */
  #bound(apiId: string): Json {
    const configuration = this.#configuration;
    const place = { apiId, environmentId: this.#environment.id };
    const [throttle] = tiesAt(configuration, 'throttleBinding', place).flatMap(
      ({ body }) => configuration.get('throttle', body.throttleId) ?? [],
    );
    const acls = tiesAt(configuration, 'aclBinding', place).flatMap(
      ({ body }) => configuration.get('acl', body.aclId) ?? [],
    );
    const plugins = tiesAt(configuration, 'pluginAttachment', place).flatMap(
      ({ body }) => configuration.get('plugin', body.pluginId) ?? [],
    );
    if (throttle !== undefined) this.#name(FIELD.ratelimits, throttle.body.name, this.#throttle(throttle));
    for (const acl of acls) this.#name(FIELD.accessControls, acl.body.name, writeAcl(requestOf(acl)));
    const names = acls.map(({ body }) => body.name);
    return compact({
      [FIELD.ratelimit]: throttle?.body.name,
      [FIELD.accessControl]: names.length > 1 ? names : names[0],
      [FIELD.plugins]: plugins.length === 0 ? undefined : plugins.map(({ body }) => body.name),
    });
  }

  #throttle(throttle: Stored<'throttle'>): Json {
    const specials = this.#configuration
      .by('throttleException', 'throttleId', throttle.id)
      .map((special) => ({
        request: requestOf(special),
        appName: this.#configuration.get('app', special.body.objectId)?.body.name,
      }));
    return writeThrottle(requestOf(throttle), specials);
  }

  #name(field: string, name: string, definition: Json): void {
    (this.#named[field] ??= {})[name] = definition;
  }
}

/** The APIs that are asked for: their drafts, or what is in force in the environment. */
function apisOf(
  { groupId, environmentId, define, apiIds }: ExportOptions,
  configuration: ConfigurationReader,
  gatewayId: string,
): readonly ExportedApi[] {
  const chosen = apiIds?.map((id) => {
    const api = required(configuration, 'api', gatewayId, id);
    if (api.body.groupId !== groupId) throw fail('apiNotFound', { id });
    return api;
  });
  const apis = chosen ?? configuration.by('api', 'groupId', groupId);
  if (define === 'dev') return apis;
  return apis.flatMap(({ id }) => {
    const versionId = publicationAt(configuration, { gatewayId, apiId: id, environmentId })?.body.versionId;
    if (versionId !== undefined) {
      return [{ id, body: required(configuration, 'apiVersion', gatewayId, versionId).body.definition }];
    }
    if (apiIds !== undefined) throw fail('publicationNotFound', { id: `${id}/${environmentId}` });
    return [];
  });
}

function headOf(
  group: Stored<'apiGroup'>,
  { version, documentVersion }: ExportOptions,
  view: View,
  nowMs: number,
): Json {
  const info = compact({
    title: group.body.name,
    description: group.body.remark,
    version: documentVersion ?? versionOf(nowMs),
  });
  const [domain] = view.configuration.by('domain', 'groupId', group.id);
  const host = domain?.body.name ?? debugDomainOf(group.id, view);
  return version === '2.0'
    ? { swagger: '2.0', info, host }
    : { openapi: '3.0.0', info, servers: [{ url: `https://${host}` }] };
}

/** A time as `YYYY-MM-DD-HH:MM:SS`. */
function versionOf(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 19).replace('T', '-');
}

/** The group's own responses, when anybody set some. */
function responsesOf({ id }: Stored<'apiGroup'>, configuration: ConfigurationReader): Json {
  const standard = configuration.by('gatewayResponse', 'groupId', id).find(({ body }) => body.isDefault);
  if (standard === undefined || Object.keys(standard.body.responses).length === 0) return {};
  return { [FIELD.responses]: requestOf(standard)['responses'] };
}

/** The responses that an API has for itself. */
function responseOf({ responseId }: Bodies['api'], configuration: ConfigurationReader): Json {
  const response = responseId === undefined ? undefined : configuration.get('gatewayResponse', responseId);
  if (response === undefined) return {};
  return {
    [OWN_FIELD.responseName]: response.body.name,
    [FIELD.responses]: requestOf(response)['responses'],
  };
}

function requestOf(object: Stored<Kind & StoredKind>): Json {
  return toRequest(descriptionOf(object.kind), valuesOf(object));
}
