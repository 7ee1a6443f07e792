import { parseAddress } from '@apig/sdk/contract';
import { readRequestLine, toRequest, type AskedRequest } from '../behaviour/asked-request.ts';
import { withRuntime } from '../behaviour/behaviour.ts';
import { explainRequest } from '../behaviour/explained.ts';
import { replay } from '../behaviour/replay.ts';
import { createView } from '../behaviour/view.ts';
import { readPlan, ReviewError } from '../plan.ts';
import { readArguments, wordOf } from './arguments.ts';
import type { Command } from './command.ts';
import { readText } from './files.ts';
import type { Terminal } from './terminal.ts';

const USAGE = `Says why a request will be served or refused, once a preview is put in force.

Usage: apig-review explain "<method> <url>" [file] [options]

  "GET https://api.example.com/orders?size=2"
                         the request
  file                   output of \`pulumi preview --json --show-sames\`; without one, or with -, the standard input
  --state <file>         output of \`pulumi stack export\`, for what the preview does not show
  --app <name>           the app that signs it
  --app-code             the app sends its AppCode in the place of a signature
  --account <name>       the account that signs it, for APIs with authentication IAM
  --ip <address>         address from which it comes; 198.51.100.7 unless given
  --header <name: value> a header line; may be given more than once
  --body <text>          a body
  --environment <name>   environment in which it is called; RELEASE unless given
  --authorizers <word>   what custom authorizers and third parties decide: allow or deny
  --base                 what becomes of it now, in the place of what will
  --format <format>      text (default) or json

Exit codes: 0 it is served, 2 it is refused, 1 it could not be found out.`;

/** Explains one request on the planned state. */
export const explainCommand: Command = {
  name: 'explain',
  summary: 'says why a request will be served or refused',
  usage: USAGE,
  run: runExplain,
};

async function runExplain(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = readArguments(args, {
    state: { type: 'string' },
    app: { type: 'string' },
    'app-code': { type: 'boolean', default: false },
    account: { type: 'string' },
    ip: { type: 'string' },
    header: { type: 'string', multiple: true, default: [] },
    body: { type: 'string' },
    environment: { type: 'string' },
    authorizers: { type: 'string' },
    base: { type: 'boolean', default: false },
    format: { type: 'string', default: 'text' },
  });
  const [line, file = '-', surplus] = positionals;
  if (line === undefined) throw new ReviewError('which request? apig-review explain "GET https://…"');
  if (surplus !== undefined) throw new ReviewError(`one preview at a time: what is ${surplus}?`);
  if (values.ip !== undefined && parseAddress(values.ip) === undefined)
    throw new ReviewError('--ip: expected an IP address.');
  const format = wordOf('--format', values.format, ['text', 'json']);
  const decision =
    values.authorizers === undefined
      ? undefined
      : wordOf('--authorizers', values.authorizers, ['allow', 'deny']);
  const asked: AskedRequest = {
    ...readRequestLine(line, 'the request'),
    headers: Object.fromEntries(values.header.map(headerOf)),
    body: values.body,
    address: values.ip,
    app: values.app,
    byCode: values['app-code'],
    account: values.account,
    environment: values.environment,
    allowed: decision === undefined ? undefined : decision === 'allow',
  };
  const preview = await readText(file, terminal);
  const state = values.state === undefined ? undefined : await readText(values.state, terminal);
  const { before, after } = replay(readPlan(preview, state));
  const [now, planned] = [createView(before), createView(after)];
  const [view, other] = values.base ? [now, planned] : [planned, now];
  for (const note of view.configured.notes) terminal.say(note);
  const request = toRequest(asked, [view, other], 'the request');
  const who = asked.app !== undefined ? `app ${asked.app}` : (asked.account ?? 'anonymous');
  const side = values.base ? 'now' : 'as planned';
  const { text, json } = await withRuntime({ directory: process.cwd() }, (runtime) =>
    explainRequest(runtime, request, view, { who, side }),
  );
  terminal.write(format === 'json' ? `${JSON.stringify(json, null, 2)}\n` : text);
  return json['outcome'] === 'refused' ? 2 : 0;
}

function headerOf(line: string): [string, string] {
  const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):\s*([^\r\n]*)$/.exec(line) ?? [];
  if (name === undefined || value === undefined)
    throw new ReviewError('--header: expected a name and a value, such as "X-Stage: beta".');
  return [name, value];
}
