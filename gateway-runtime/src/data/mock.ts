import type { Resources, SettledOf } from '@apig/sdk/contract';
import type { Call } from './call.ts';
import { NOT_MAPPABLE } from './forwarded-lines.ts';
import { gatewayHead, preflightHead, shapedLines } from './reply-head.ts';

type Mock = NonNullable<SettledOf<Resources['api']>['mockBackend']>;

/** An answer that the gateway gives in the place of a backend. */
export interface MockPlan {
  readonly status: number;
  readonly body: string;
  /** Header lines of the definition. */
  readonly head: readonly string[];
  /** The answer is that of a preflight of browsers. */
  readonly isPreflight: boolean;
}

/** Works out a mock answer. */
export function compileMock(
  mock: Pick<Mock, 'result' | 'statusCode' | 'headers'>,
  isPreflight: boolean,
): MockPlan {
  const headers = (mock.headers ?? []).filter(({ key }) => !NOT_MAPPABLE.has(key.toLowerCase()));
  const head = headers.flatMap(({ key, value }) => [key, value]);
  const hasType = headers.some(({ key }) => key.toLowerCase() === 'content-type');
  return {
    status: mock.statusCode,
    body: mock.result ?? '',
    head: hasType ? head : [...head, 'Content-Type', 'application/json'],
    isPreflight,
  };
}

/** Sends a mock answer. Source: user guide, "Creating an API" (Mock), "Configuring CORS". */
export function sendMock(call: Call, { status, body, head, isPreflight }: MockPlan): void {
  call.status = status;
  const own = gatewayHead(call, isPreflight || hasOrigin(head));
  call.reply.send(
    status,
    [...shapedLines(call, isPreflight ? [...head, ...preflightHead()] : head), ...own],
    body,
  );
}

function hasOrigin(head: readonly string[]): boolean {
  return head.some((text, index) => index % 2 === 0 && text.toLowerCase() === 'access-control-allow-origin');
}
