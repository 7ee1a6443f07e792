import { CallerGone, type Call, type RequestBody } from './call.ts';

/** The whole body of a call; no bytes when it has none. It is read at most once and kept with the call. */
export async function holdBody(call: Call): Promise<Uint8Array> {
  call.heldBody ??= call.body === undefined ? NO_BYTES : await readAll(call.body);
  return call.heldBody;
}

const NO_BYTES = new Uint8Array(0);

async function readAll(body: RequestBody): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
  }
  // A length is announced by the caller, and what arrives is what counts.
  if (body.length !== undefined && bytes !== body.length) throw new CallerGone();
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, bytes);
}
