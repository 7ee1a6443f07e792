import axios, { type AxiosResponse } from 'axios';
import { setTimeout as pause } from 'node:timers/promises';
import { ReviewError } from '../plan.ts';

/** What GitHub Actions tells its steps, and what anybody else may set. */
export interface GitHubSettings {
  /** Address of the API; that of github.com unless given. */
  readonly apiUrl: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly token: string;
}

/** Reads the settings from the variables that GitHub Actions sets. @throws ReviewError that names what is missing */
export function gitHubSettings(env: Readonly<Record<string, string | undefined>>): GitHubSettings {
  const { GITHUB_API_URL: apiUrl = 'https://api.github.com', GITHUB_REPOSITORY, GITHUB_TOKEN } = env;
  const repository = GITHUB_REPOSITORY ?? '';
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository))
    throw new ReviewError('GITHUB_REPOSITORY: expected owner/name, as GitHub Actions sets it.');
  if (GITHUB_TOKEN === undefined || GITHUB_TOKEN === '')
    throw new ReviewError(
      'GITHUB_TOKEN: expected a token that may write comments; pass it in the step’s env.',
    );
  return { apiUrl, repository, token: GITHUB_TOKEN };
}

/** The part of a repository's API that reviews need. */
export interface GitHub {
  /** All items of a list, page by page. @throws as `send` does */
  list(path: string, query?: Readonly<Record<string, string>>): Promise<readonly unknown[]>;
  /** @throws Forbidden when the token may not; ReviewError when it fails otherwise */
  send(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<unknown>;
}

/** The token may not do that, as that of a pull request from a fork. */
export class Forbidden extends ReviewError {}

const ATTEMPTS = 4;
const TIMEOUT_MS = 30_000;
const LONGEST_WAIT_MS = 60_000;
const PER_PAGE = 100;
/** More pages than any pull request has. */
const MOST_PAGES = 100;

/** Prepares to call the API of a repository. */
export function openGitHub({ apiUrl, repository, token }: GitHubSettings): GitHub {
  const http = axios.create({
    baseURL: `${apiUrl.replace(/\/+$/, '')}/repos/${repository}`,
    timeout: TIMEOUT_MS,
    // A redirect would carry the token to wherever an answer says.
    maxRedirects: 0,
    headers: {
      Accept: 'application/vnd.github+json',
      Authorization: `Bearer ${token}`,
      'X-GitHub-Api-Version': '2022-11-28',
      'User-Agent': 'apig-review',
    },
    validateStatus: () => true,
  });

  async function call(
    method: string,
    path: string,
    rest: { params?: unknown; data?: unknown },
  ): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      const what = `${method} ${path}`;
      let answer: AxiosResponse<unknown>;
      try {
        answer = await http.request<unknown>({ method, url: path, ...rest });
      } catch (error) {
        // A POST whose answer was lost may have been done: a second one would make a second comment.
        if (attempt < ATTEMPTS && method !== 'POST') {
          await pause(waitMs(attempt, undefined));
          continue;
        }
        throw new ReviewError(
          `GitHub did not answer ${what}: ${axios.isAxiosError(error) ? (error.code ?? error.message) : 'unknown failure'}.`,
        );
      }
      const { status } = answer;
      if (status >= 200 && status < 300) return answer.data;
      if (attempt < ATTEMPTS && isWorthAnotherTry(answer)) {
        await pause(waitMs(attempt, answer));
        continue;
      }
      const text = `GitHub answered ${what} with ${String(status)}: ${messageOf(answer.data)}.`;
      throw status === 403 || status === 401 ? new Forbidden(text) : new ReviewError(text);
    }
  }

  return {
    async list(path, query = {}) {
      const all: unknown[] = [];
      for (let page = 1; page <= MOST_PAGES; page += 1) {
        const items = await call('GET', path, { params: { ...query, per_page: PER_PAGE, page } });
        if (!Array.isArray(items)) throw new ReviewError(`GitHub answered GET ${path} with no list.`);
        all.push(...(items as unknown[]));
        if (items.length < PER_PAGE) break;
      }
      return all;
    },
    send: (method, path, data) => call(method, path, { data }),
  };
}

/** Source: GitHub REST API, Rate limits: a limit is told by 403 or 429 with Retry-After or no calls left. */
function isWorthAnotherTry({ status, headers }: AxiosResponse): boolean {
  if (status >= 500 || status === 429) return true;
  return status === 403 && (headers['retry-after'] !== undefined || headers['x-ratelimit-remaining'] === '0');
}

function waitMs(attempt: number, answer: AxiosResponse | undefined): number {
  const asked = Number(answer?.headers['retry-after'] ?? Number.NaN) * 1000;
  return Math.min(Number.isFinite(asked) ? asked : 500 * 2 ** (attempt - 1), LONGEST_WAIT_MS);
}

function messageOf(data: unknown): string {
  const message = (data as { message?: unknown } | null)?.message;
  return typeof message === 'string' ? message.replace(/[.\s]+$/, '') : 'no reason was given';
}
