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

/** The body of a call in Base64, as functions are given it. */
export async function bodyPart(call: Call): Promise<Json> {
  return { body: Buffer.from(await holdBody(call)).toString('base64'), isBase64Encoded: true };
}

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
