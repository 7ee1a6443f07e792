import { sign } from '@apig/sdk/signer';
import type { Json } from '@apig/sdk/contract';
import type { Connection } from './connection.ts';

/*
 * What the settings do not say, the clouds' identity service knows: the project by its name, a token by a password, and where
 * the gateway's management API is. Source: IAM API reference, "Obtaining a User Token", "Querying Project Information".
 */

/** Everything that a client needs. */
export interface CompleteConnection extends Connection {
  readonly endpoint: string;
  readonly projectId: string;
}

/** Time for one call. */
const TIMEOUT_MS = 30_000;

/**
 * Asks the identity service for what is missing; nothing is sent where nothing is.
 *
 * @throws Error in words for the user, without what was sent.
 */
export async function complete(connection: Connection): Promise<CompleteConnection> {
  const { endpoint, projectId, token, accessKey } = connection;
  if (accessKey === undefined && token === undefined) return logIn(connection);
  const id = projectId ?? (await findProject(connection));
  if (endpoint === undefined) throw new Error('apig:endpoint: expected where the management API is.');
  return { ...connection, endpoint, projectId: id };
}

/** A token for user and password. It is for the project, by its ID or its name. */
async function logIn(connection: Connection): Promise<CompleteConnection> {
  const { userName, password, domainName, projectId, projectName, region } = connection;
  const user = { name: userName, password, domain: { name: domainName } };
  const project = projectId === undefined ? { name: projectName ?? region } : { id: projectId };
  const domain = projectId === undefined ? { domain: { name: domainName } } : {};
  const answer = await ask(connection, 'POST', '/auth/tokens', {
    auth: {
      identity: { methods: ['password'], password: { user } },
      scope: { project: { ...project, ...domain } },
    },
  });
  const token = answer.headers.get('x-subject-token');
  const about = objectIn(answer.body, 'token');
  const id = textIn(objectIn(about, 'project'), 'id');
  const endpoint = connection.endpoint ?? endpointIn(about);
  if (token === null || id === undefined || endpoint === undefined) {
    throw new Error(
      'The identity service gave a token without its project or the place of the gateway: set apig:endpoint and apig:projectId.',
    );
  }
  return { ...connection, endpoint, projectId: id, token };
}

/** The ID of the project that is named, or of the one that the token is for. */
async function findProject(connection: Connection): Promise<string> {
  const { accessKey, projectName, region } = connection;
  if (accessKey === undefined) {
    const { body } = await ask(connection, 'GET', '/auth/tokens');
    const id = textIn(objectIn(objectIn(body, 'token'), 'project'), 'id');
    if (id !== undefined) return id;
    throw new Error('The token is for no project: set apig:projectId.');
  }
  const name = projectName ?? region;
  if (name === undefined)
    throw new Error('apig:projectId or apig:projectName: expected which project is meant.');
  const { body } = await ask(connection, 'GET', `/projects?name=${encodeURIComponent(name)}`);
  const projects = Array.isArray(body['projects']) ? (body['projects'] as Json[]) : [];
  const found = projects.find((project) => project['name'] === name);
  const id = found && textIn(found, 'id');
  if (id === undefined) throw new Error(`The identity service knows no project ${name}: set apig:projectId.`);
  return id;
}

/** The address of the gateway's service in the catalog of a token, without the path of the project. */
function endpointIn(token: Json): string | undefined {
  const catalog = Array.isArray(token['catalog']) ? (token['catalog'] as Json[]) : [];
  const entry = catalog.find(({ type }) => type === 'apig');
  const endpoints = Array.isArray(entry?.['endpoints']) ? (entry['endpoints'] as Json[]) : [];
  const url = endpoints.map((each) => textIn(each, 'url')).find((each) => each !== undefined);
  return url?.replace(/\/v2(?:\/[^/]*)?\/?$/, '');
}

async function ask(
  connection: Connection,
  method: 'GET' | 'POST',
  path: string,
  body?: Json,
): Promise<{ readonly headers: Headers; readonly body: Json }> {
  const { authUrl = '', accessKey, secretKey, securityToken, token } = connection;
  const url = new URL(`${authUrl.replace(/(?:\/v3)?\/*$/, '')}/v3${path}`);
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    ...(text === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...(securityToken === undefined ? {} : { 'X-Security-Token': securityToken }),
  };
  const signed =
    accessKey === undefined || secretKey === undefined
      ? token === undefined
        ? {}
        : { 'X-Auth-Token': token, 'X-Subject-Token': token }
      : sign({
          method,
          target: `${url.pathname}${url.search}`,
          headers: { Host: url.host, ...headers },
          body: text,
          accessKey,
          secret: secretKey,
          date: new Date(),
        });
  const what = `${method} ${url.origin}${url.pathname}`;
  const answer = await fetch(url, {
    method,
    headers: { ...headers, ...signed },
    // What was sent is for this service only.
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(text === undefined ? {} : { body: text }),
  }).catch((error: unknown) => {
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : 'no answer';
    throw new Error(`${what} failed: ${reason}. Check apig:authUrl.`, { cause: error });
  });
  if (!answer.ok) {
    throw new Error(
      `${what} was answered with status ${answer.status}: check who calls, and for which domain and project.`,
    );
  }
  return { headers: answer.headers, body: (await answer.json()) as Json };
}

function objectIn(object: Json, key: string): Json {
  const value = object[key];
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function textIn(object: Json, key: string): string | undefined {
  const value = object[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
