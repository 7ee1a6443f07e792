/** How the end of a body is known. */
export const FRAMING = {
  /** There is no body. */
  none: 0,
  /** By a number of bytes. */
  length: 1,
  /** By the last chunk. */
  chunked: 2,
  /** By the end of the connection; only answers. */
  close: 3,
} as const;
