import { z } from 'zod';
import { HEADER_NAME } from './header-name.ts';

/** What the gateway knows of a call that may tell kept answers apart. */
export const CACHE_KEY_PARAMETERS = [
  'host',
  'scheme',
  'method',
  'uri',
  'requestUri',
  'sourceIp',
  'stage',
  'apiId',
  'apiName',
  'appId',
  'appName',
] as const;

const names = <T extends z.ZodType>(name: T) => z.array(name).max(20).nullish();
const header = () => z.string().regex(HEADER_NAME);

/** Content of a plug-in that keeps answers. Source: user guide, "Configuring a Response Caching Policy". */
export const proxy_cache = z.looseObject({
  cache_key: z
    .looseObject({
      system_params: names(
        z.preprocess(
          // Both spellings occur.
          (name) => (typeof name === 'string' ? name.replace(/^\$context\./, '') : name),
          z.enum(CACHE_KEY_PARAMETERS),
        ),
      ),
      parameters: names(z.string().min(1).max(128)),
      headers: names(header()),
    })
    .refine(
      ({ system_params, parameters, headers }) =>
        [system_params, parameters, headers].some((each) => (each ?? []).length > 0),
      { message: 'expected a system parameter, a query parameter or a header' },
    ),
  cache_http_status_and_ttl: z
    .array(
      z.looseObject({
        // Of a part, or of "not modified", no answer to another call can be made.
        http_status: z
          .array(
            z
              .int()
              .min(200)
              .max(599)
              .refine((status) => status !== 206 && status !== 304, {
                message: 'expected neither 206 nor 304',
              }),
          )
          .min(1)
          .max(100),
        /** Seconds. */
        ttl: z.int().min(1).max(31_536_000),
      }),
    )
    .min(1)
    .max(100),
  client_cache_control: z
    .looseObject({
      /** Whose `Cache-Control` counts: nobody's, everybody's, or that of the apps listed. */
      mode: z.enum(['off', 'all', 'apps']).default('off'),
      /** IDs of apps. */
      datas: names(z.string().min(1).max(64)),
    })
    .nullish(),
  /** Headers of answers that are kept besides those that tell of the content and how long it is good. */
  cacheable_headers: names(header()),
});
