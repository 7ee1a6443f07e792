import fc from 'fast-check';
import type { Json } from '@apig/sdk/contract';
import { texts, type Instead } from './values.ts';

/** Valid plug-ins, each with a content of its type; `like` makes the rest. */
export function pluginsOf(like: (instead: Instead) => fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  return fc.oneof(
    ...Object.entries(CONTENTS).map(([type, contents]) =>
      like({ type: fc.constant(type), content: contents.map((value) => JSON.stringify(value)) }),
    ),
  );
}

const count = fc.integer({ min: 1, max: 1000 });

const CONTENTS: Readonly<Record<string, fc.Arbitrary<object>>> = {
  cors: fc.record(
    {
      allow_origin: fc.constantFrom('*', 'https://shop.example.com'),
      allow_methods: fc.constantFrom('GET,POST', 'GET'),
      max_age: fc.integer({ min: 0, max: 172_800 }),
      allow_credentials: fc.boolean(),
      note: texts(40),
    },
    { requiredKeys: ['allow_origin'] },
  ),
  set_resp_headers: fc.record({
    response_headers: fc.uniqueArray(
      fc.record({
        name: fc.stringMatching(/^[A-Z][a-z]{1,8}$/),
        value: fc.stringMatching(/^[ -~]{0,12}$/),
        action: fc.constantFrom('override', 'append', 'delete', 'skip', 'add'),
      }),
      { minLength: 1, maxLength: 3, comparator: (a, b) => a.name.toLowerCase() === b.name.toLowerCase() },
    ),
  }),
  rate_limit: fc.record({
    scope: fc.constantFrom('basic', 'share'),
    default_time_unit: fc.constantFrom('second', 'minute', 'hour', 'day'),
    default_interval: count,
    api_limit: fc.integer({ min: 1000, max: 2000 }),
    user_limit: count,
    specials: fc.constantFrom(null, [{ type: 'app', policies: [{ key: 'any', limit: 3 }] }]),
  }),
  breaker: fc.record({
    scope: fc.constantFrom('basic', 'share'),
    breaker_condition: fc.record({
      breaker_type: fc.constant('timeout'),
      breaker_mode: fc.constant('counter'),
      unhealthy_threshold: count,
      time_window: count,
      open_breaker_time: count,
    }),
  }),
  third_auth: fc.record({
    auth_request: fc.record({
      method: fc.constantFrom('GET', 'POST'),
      protocol: fc.constantFrom('HTTP', 'HTTPS'),
      url_domain: fc.constant('auth.internal:8080'),
      path: fc.constant('/check'),
      timeout: count,
    }),
    custom_forbid_limit: count,
  }),
};
