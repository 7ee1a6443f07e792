import { pathToFileURL } from 'node:url';
import type { Json } from '@apig/sdk/contract';
import type { BackendTls } from './data/origins.ts';
import { SideCalls, SideTimeout } from './data/side-call.ts';
import { FunctionFault, FunctionTimeout, type FunctionName, type Functions } from './functions.ts';
import { StartupError } from './startup-error.ts';

/** Where a function is: an HTTP endpoint that takes the event as JSON, or a module that exports `handler`. */
export type FunctionTarget = { readonly url: string } | { readonly module: string };

/** URN of a function, of one of its versions (`<urn>:<version>`) or of an alias -> where it is. */
export type FunctionTargets = Readonly<Record<string, FunctionTarget>>;

/** What a module exports as `handler`. */
type Handler = (event: Json) => unknown;

type Loaded = { readonly url: string } | { readonly handler: Handler };

/** Longest answer of a function, as the service has it. */
const MAX_ANSWER_BYTES = 6 * 1024 * 1024;

/** The functions of a configuration, in the place of a cloud's function service. */
export class FunctionRegistry implements Functions {
  readonly #targets: ReadonlyMap<string, Loaded>;
  readonly #sideCalls: SideCalls;

  private constructor(targets: ReadonlyMap<string, Loaded>, tls: BackendTls) {
    this.#targets = targets;
    this.#sideCalls = new SideCalls(tls);
  }

  /** Loads the modules. @throws StartupError for one that cannot be loaded or has no handler. */
  static async open(targets: FunctionTargets, tls: BackendTls = { verify: true }): Promise<FunctionRegistry> {
    const loaded = await Promise.all(
      Object.entries(targets).map(
        async ([urn, target]) =>
          [urn, 'url' in target ? target : { handler: await handlerOf(target.module) }] as const,
      ),
    );
    return new FunctionRegistry(new Map(loaded), tls);
  }

  has(name: FunctionName): boolean {
    return this.#find(name) !== undefined;
  }

  async invoke(name: FunctionName, event: Json, timeoutMs: number): Promise<unknown> {
    const target = this.#find(name);
    if (target === undefined) throw new FunctionFault(`there is no function ${name.aliasUrn ?? name.urn}`);
    return 'url' in target
      ? this.#post(target.url, event, timeoutMs)
      : inTime(target.handler, event, timeoutMs);
  }

  /** Ends its connections. */
  close(): void {
    this.#sideCalls.destroy();
  }

  #find({ urn, version, aliasUrn }: FunctionName): Loaded | undefined {
    if (aliasUrn !== undefined) return this.#targets.get(aliasUrn);
    return (
      (version === undefined ? undefined : this.#targets.get(`${urn}:${version}`)) ?? this.#targets.get(urn)
    );
  }

  async #post(url: string, event: Json, timeoutMs: number): Promise<unknown> {
    try {
      const { status, body } = await this.#sideCalls.send({
        url,
        method: 'POST',
        head: ['Content-Type', 'application/json'],
        body: JSON.stringify(event),
        timeoutMs,
        maxBytes: MAX_ANSWER_BYTES,
      });
      if (status < 200 || status > 299)
        throw new FunctionFault(`the function answered with status ${status}`);
      return JSON.parse(body.toString('utf8'));
    } catch (error) {
      if (error instanceof SideTimeout) throw new FunctionTimeout(error.message, { cause: error });
      throw error instanceof FunctionFault
        ? error
        : new FunctionFault('the function failed', { cause: error });
    }
  }
}

async function handlerOf(module: string): Promise<Handler> {
  let loaded: { readonly handler?: unknown };
  try {
    loaded = (await import(pathToFileURL(module).href)) as { readonly handler?: unknown };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartupError('setting', `the module ${module} cannot be loaded: ${reason}`, error);
  }
  const { handler } = loaded;
  if (typeof handler !== 'function') {
    throw new StartupError('setting', `the module ${module} exports no function with the name handler`);
  }
  return handler as Handler;
}

async function inTime(handler: Handler, event: Json, timeoutMs: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new FunctionTimeout(`no answer in ${timeoutMs} ms`));
    }, timeoutMs);
  });
  try {
    // A copy, as a remote function would have.
    return await Promise.race([Promise.resolve().then(() => handler(structuredClone(event))), late]);
  } catch (error) {
    throw error instanceof FunctionTimeout
      ? error
      : new FunctionFault('the function failed', { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
