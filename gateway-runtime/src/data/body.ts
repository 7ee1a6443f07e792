import { CallerGone, type Call, type RequestBody } from './call.ts';

/**
 * The whole body of a call; no bytes when it has none. It is read at most once and kept with the call. A body that has
 * come with its head costs no wait.
 */
export function holdBody(call: Call): Buffer | Promise<Buffer> {
  const { body, heldBody } = call;
  if (heldBody !== undefined) return heldBody;
  if (body === undefined) return (call.heldBody = NO_BYTES);
  const whole = body.takeWhole();
  if (whole !== undefined) return (call.heldBody = whole);
  return readAll(body).then((read) => (call.heldBody = read));
}

const NO_BYTES = Buffer.alloc(0);

async function readAll(body: RequestBody): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
  }
  // A length is announced by the caller, and what arrives is what counts.
  if (body.length !== undefined && bytes !== body.length) throw new CallerGone();
  return Buffer.concat(chunks, bytes);
}
