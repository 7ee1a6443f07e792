import type { Json } from '@apig/sdk/contract';
import { holdBody } from './body.ts';
import type { Call } from './call.ts';
import { fromHeader } from './header-text.ts';
import { queryOf } from './query.ts';
import type { Plan } from './snapshot.ts';

/** What all events tell of a call. */
export function callPart(call: Call, { apiId, stage, parameters }: Plan): Json {
  return {
    httpMethod: call.method,
    path: call.path,
    pathParameters: Object.fromEntries(
      parameters.flatMap(({ name, place }) => (place < 0 ? [] : [[name, call.pathValues[place] ?? '']])),
    ),
    requestContext: { requestId: call.id, stage, apiId, sourceIp: call.client.text },
  };
}

/**
 * The body of a call as functions are given it: in Base64, or as it is where the API says so and it is JSON.
 *
 * Source: API reference, "Creating an API" (is_send_fg_body_base64).
 */
export async function bodyPart(
  call: Call,
  { sendsPlainBodies }: Pick<Plan, 'sendsPlainBodies'>,
): Promise<Json> {
  const body = await holdBody(call);
  if (
    sendsPlainBodies &&
    call.headers.first('content-type')?.split(';', 1)[0]?.trim().toLowerCase() === JSON_TYPE
  )
    return { body: body.toString('utf8'), isBase64Encoded: false };
  return { body: body.toString('base64'), isBase64Encoded: true };
}

const JSON_TYPE = 'application/json';

/** All header lines of a call by name in small letters; lines of one name are joined. */
export function headersOf(call: Call): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...new Set(call.headers.names)].map((name) => [name, fromHeader(call.headers.joined(name) ?? '')]),
  );
}

/** The query of a call: name to value, or to the list of its values. */
export function queryObject(call: Call): Json {
  return toObject(queryOf(call).map(({ name, value }) => [name, value]));
}

/** Pairs as an object. A name with several values has a list of them. */
export function toObject(pairs: readonly (readonly [name: string, value: string])[]): Json {
  const values = new Map<string, readonly string[]>();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries([...values].map(([name, all]) => [name, all.length === 1 ? all[0] : all]));
}
