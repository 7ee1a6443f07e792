import { z } from 'zod';
import { HEADER_NAME } from './header-name.ts';

/*
 * What calls are answered by while a circuit is open. Source: user guide, "Configuring a Circuit Breaker Policy"; API
 * reference, "Creating a Plug-in".
 */

const timeout = () => z.int().min(1).max(600_000).default(5000);
const LINE_VALUE = /^[\t\x20-\x7e]{0,1024}$/;

const mock_info = z.looseObject({
  status_code: z.int().min(200).max(599).default(200),
  result_content: z.string().max(2048).default(''),
  headers: z
    .array(z.looseObject({ key: z.string().regex(HEADER_NAME), value: z.string().regex(LINE_VALUE) }))
    .max(10)
    .nullish(),
});

const http_info = z.looseObject({
  isVpc: z.boolean().nullish(),
  vpc_channel_id: z.string().max(64).nullish(),
  vpc_channel_proxy_host: z.string().max(255).nullish(),
  /** Host and port. */
  address: z
    .string()
    .regex(/^[^\s/?#@\\]{0,255}$/)
    .nullish(),
  scheme: z.enum(['HTTP', 'HTTPS', 'http', 'https']).default('HTTP'),
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS', 'ANY']).default('ANY'),
  path: z.string().regex(/^\/[^\s?#{}]{0,511}$/),
  timeout: timeout(),
});

const func_info = z.looseObject({
  function_urn: z.string().min(1).max(255),
  version: z.string().max(64).nullish(),
  alias_urn: z.string().max(255).nullish(),
  invocation_type: z.enum(['sync', 'async']).default('sync'),
  timeout: timeout(),
});

const passthrough_infos = z
  .array(z.looseObject({ name: z.string().regex(HEADER_NAME), value: z.string().regex(LINE_VALUE) }))
  .max(10);

/** A downgrade: its type, and the part that belongs to it. The parts of other types are usually `null`. */
export const downgrade = z
  .looseObject({
    type: z.enum(['mock', 'http', 'http_vpc', 'function', 'passthrough']),
    mock_info: mock_info.nullish(),
    http_info: http_info.nullish(),
    http_vpc_info: http_info.nullish(),
    func_info: func_info.nullish(),
    passthrough_infos: passthrough_infos.nullish(),
  })
  .refine(({ type, mock_info: mock }) => type !== 'mock' || isGiven(mock), {
    path: ['mock_info'],
    message: 'expected with type mock',
  })
  .refine(({ type, func_info: target }) => type !== 'function' || isGiven(target), {
    path: ['func_info'],
    message: 'expected with type function',
  })
  .refine((value) => !value.type.startsWith('http') || isGiven(httpDowngradeOf(value)), {
    path: ['http_info'],
    message: 'expected with type http, or http_vpc_info with type http_vpc',
  })
  .refine(
    (value) => {
      const target = httpDowngradeOf(value);
      if (!isGiven(target)) return true;
      return usesChannel(value) ? (target.vpc_channel_id ?? '') !== '' : (target.address ?? '') !== '';
    },
    { path: ['http_info'], message: 'expected an address, or the ID of a load balance channel' },
  );

/** The HTTP backend of a downgrade; undefined for one of another type. */
export function httpDowngradeOf({
  type,
  http_info: direct,
  http_vpc_info: byChannel,
}: {
  readonly type: string;
  readonly http_info?: HttpDowngrade | null | undefined;
  readonly http_vpc_info?: HttpDowngrade | null | undefined;
}): HttpDowngrade | undefined {
  if (type === 'http') return direct ?? undefined;
  return type === 'http_vpc' ? (byChannel ?? direct ?? undefined) : undefined;
}

/** Whether the HTTP backend of a downgrade is reached by a load balance channel. */
export function usesChannel(value: Parameters<typeof httpDowngradeOf>[0]): boolean {
  return value.type === 'http_vpc' || httpDowngradeOf(value)?.isVpc === true;
}

/** An HTTP backend in the place of the usual one. */
export type HttpDowngrade = z.output<typeof http_info>;

/** A downgrade, with its defaults. */
export type Downgrade = z.output<typeof downgrade>;

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
