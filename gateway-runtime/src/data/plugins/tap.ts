import { Answer } from '../http1/answer.ts';

/** Looks at a backend's answer before it is passed on, and may put one in its place that passes it on. */
export type Tap = (answer: Answer) => Answer;

/**
 * An answer that is the same, of whose body a copy is made while it passes.
 *
 * @param onEnd is given the whole body; nothing when it was longer than that, had trailers, or broke off
 */
export function copying(
  answer: Answer,
  maxBytes: number,
  onEnd: (bytes: Buffer | undefined) => void,
): Answer {
  const copy = new Answer(answer.head, {
    pauseAnswer: () => answer.pause(),
    resumeAnswer: () => answer.resume(),
    cancel: () => answer.cancel(),
  });
  let pieces: Buffer[] | undefined = [];
  let bytes = 0;
  answer.read({
    onData: (buffer, start, end, isLast) => {
      bytes += end - start;
      if (bytes > maxBytes) pieces = undefined;
      // The memory goes on to the caller's socket, and from there to the next read.
      else pieces?.push(Buffer.from(buffer.bytes.subarray(start, end)));
      if (isLast) copy.isComplete = true;
      return copy.push(buffer, start, end);
    },
    onEnd: (trailerLines) => {
      copy.isComplete = true;
      copy.trailerLines = trailerLines;
      onEnd(trailerLines === '' && pieces !== undefined ? Buffer.concat(pieces, bytes) : undefined);
      copy.finish();
    },
    onFailure: (failure) => {
      onEnd(undefined);
      copy.fail(failure);
    },
  });
  return copy;
}
