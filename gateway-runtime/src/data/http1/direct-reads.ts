import type { Socket } from 'node:net';

/**
 * Hands what a socket reads to `take` at once, while the stream flows and holds nothing.
 *
 * A stream takes each piece through its buffer, an event and a turn of the tick queue, which costs a twentieth of a
 * small request. Pieces that come while the stream is paused go the stream's own way, and so does the end. Should a
 * socket no longer read by `push`, all of them do.
 *
 * @returns what undoes it
 */
export function readDirectly(socket: Socket, take: (chunk: Buffer) => void): () => void {
  const push = socket.push.bind(socket);
  socket.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (!(chunk instanceof Buffer) || socket.readableFlowing !== true || socket.readableLength > 0) {
      return push(chunk, encoding);
    }
    take(chunk);
    return true;
  };
  return () => {
    socket.push = push;
  };
}
