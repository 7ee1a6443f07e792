import { CallerGone, type Call, type RequestBody } from './call.ts';

/** The whole body of a call; no bytes when it has none. It is read at most once and kept with the call. */
export async function holdBody(call: Call): Promise<Buffer> {
  call.heldBody ??=
    call.body === undefined ? NO_BYTES : (call.body.takeWhole() ?? (await readAll(call.body)));
  return call.heldBody;
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
