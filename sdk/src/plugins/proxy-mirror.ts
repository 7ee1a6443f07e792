import { z } from 'zod';

/** Content of a plug-in that sends copies of requests elsewhere. Source: API reference, "Creating a Plug-in". */
export const proxy_mirror = z.looseObject({
  protocol: z.enum(['HTTP', 'HTTPS', 'http', 'https']),
  /** Host and port that copies are sent to. */
  host: z.string().regex(/^[^\s/?#@\\]{1,255}$/),
  /** Takes the place of the request's path, or is put before it; left out: the request's own. */
  path: z
    .string()
    .regex(/^\/[^\s?#]{0,511}$/)
    .nullish(),
  path_concat_mode: z.enum(['replace', 'prefix']).default('replace'),
  /** Share of the requests that is copied. */
  sample_ratio: z.number().gt(0).max(1).default(1),
  /** Milliseconds for a copy. */
  timeout: z.int().min(1).max(60_000).default(5000),
});
