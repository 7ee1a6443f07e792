import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A comment below an issue or a pull request. */
export interface FakeComment {
  readonly id: number;
  readonly issue: number;
  /** Who wrote it; the token may change what its own user wrote. */
  readonly user: string;
  body: string;
}

/** An issue or a pull request. */
export interface FakeIssue {
  readonly number: number;
  title: string;
  body: string;
  state: 'open' | 'closed';
  readonly labels: readonly string[];
  readonly isPull: boolean;
}

/** The part of GitHub's API of one repository that reviews use, with its pages, rights and limits. */
export interface FakeGitHub {
  readonly environment: Readonly<Record<string, string>>;
  readonly comments: FakeComment[];
  readonly issues: FakeIssue[];
  /** Method and path of each call. */
  readonly calls: readonly string[];
  /** Whether the token may only read, as that of a pull request from a fork. */
  readOnly: boolean;
  /** Statuses with which the next calls are answered, before any is served. */
  readonly failures: number[];
  dispose(): Promise<void>;
}

const REPOSITORY = 'shop/infra';
const TOKEN = 'ghs_0123456789abcdef';
const USER = 'github-actions[bot]';

/** Opens a GitHub with one repository. Source: GitHub REST API, Issues and Issue comments. */
export async function openFakeGitHub(): Promise<FakeGitHub> {
  const calls: string[] = [];
  const state = { readOnly: false };
  const comments: FakeComment[] = [];
  const issues: FakeIssue[] = [];
  const failures: number[] = [];
  let nextId = 1000;

  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method = '', url = '', headers } = request;
      const { pathname, searchParams } = new URL(url, 'http://github');
      calls.push(`${method} ${pathname.replace(`/repos/${REPOSITORY}`, '')}`);
      const failure = failures.shift();
      if (failure !== undefined) {
        answer(response, failure, { message: 'later' }, { 'Retry-After': '0' });
        return;
      }
      if (headers.authorization !== `Bearer ${TOKEN}`) {
        answer(response, 401, { message: 'Bad credentials' });
        return;
      }
      if (method !== 'GET' && state.readOnly) {
        answer(response, 403, { message: 'Resource not accessible by integration' });
        return;
      }
      const given = (body === '' ? {} : JSON.parse(body)) as Partial<FakeIssue>;
      serve(response, method, pathname.replace(`/repos/${REPOSITORY}`, ''), searchParams, given);
      return undefined;
    });
  });

  function serve(
    response: ServerResponse,
    method: string,
    path: string,
    query: URLSearchParams,
    given: Partial<FakeIssue>,
  ): void {
    const ofIssue = /^\/issues\/(\d+)\/comments$/.exec(path)?.[1];
    const commentId = /^\/issues\/comments\/(\d+)$/.exec(path)?.[1];
    const number = /^\/issues\/(\d+)$/.exec(path)?.[1];
    if (ofIssue !== undefined && method === 'GET') {
      answer(
        response,
        200,
        paged(
          comments.filter(({ issue }) => issue === Number(ofIssue)),
          query,
        ),
      );
    } else if (ofIssue !== undefined && method === 'POST') {
      const comment = { id: nextId++, issue: Number(ofIssue), user: USER, body: given.body ?? '' };
      comments.push(comment);
      answer(response, 201, comment);
    } else if (commentId !== undefined) {
      const at = comments.findIndex(({ id }) => id === Number(commentId));
      const comment = comments[at];
      if (comment === undefined) {
        answer(response, 404, { message: 'Not Found' });
        return;
      }
      if (comment.user !== USER) {
        answer(response, 403, { message: 'Must have admin rights' });
        return;
      }
      if (method === 'DELETE') {
        comments.splice(at, 1);
        answer(response, 204, undefined);
        return;
      }
      comment.body = given.body ?? comment.body;
      answer(response, 200, comment);
    } else if (path === '/issues' && method === 'GET') {
      const found = issues
        .filter((issue) => issue.state === query.get('state'))
        .filter(({ labels }) => labels.includes(query.get('labels') ?? ''))
        .map((issue) => ({ ...issue, ...(issue.isPull && { pull_request: {} }) }));
      answer(response, 200, paged(found, query));
    } else if (path === '/issues' && method === 'POST') {
      const { title = '', body = '', labels = [] } = given;
      const issue: FakeIssue = { number: nextId++, title, body, labels, state: 'open', isPull: false };
      issues.push(issue);
      answer(response, 201, issue);
    } else {
      const issue = issues.find((each) => each.number === Number(number));
      if (issue === undefined || method !== 'PATCH') {
        answer(response, 404, { message: 'Not Found' });
        return;
      }
      Object.assign(issue, given);
      answer(response, 200, issue);
    }
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    environment: {
      GITHUB_API_URL: `http://127.0.0.1:${port}`,
      GITHUB_REPOSITORY: REPOSITORY,
      GITHUB_TOKEN: TOKEN,
    },
    comments,
    issues,
    calls,
    failures,
    get readOnly() {
      return state.readOnly;
    },
    set readOnly(value) {
      state.readOnly = value;
    },
    dispose: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function paged<T>(items: readonly T[], query: URLSearchParams): readonly T[] {
  const [size, page] = [Number(query.get('per_page') ?? 30), Number(query.get('page') ?? 1)];
  return items.slice((page - 1) * size, page * size);
}

function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
