import { promisify } from 'node:util';
import { gunzip, gzip, gzipSync } from 'node:zlib';

/*
 * A configuration of the past is the newest checkpoint before it and the changes that follow that. A checkpoint is the
 * whole configuration after a revision: one line of JSON for each object, in the order in which they were created, with
 * secrets sealed, compressed with gzip (RFC 1952).
 *
 * One is due when as many changes have followed the last one as there are objects, and at least 1,000. So checkpoints
 * take about as much room as the changes, writing them costs each change the same, however many objects there are, and
 * a configuration of the past costs about two readings of a whole one, however long the history is.
 */

/** Changes between two checkpoints, at the least. */
export const MIN_CHANGES = 1000;

const gunzipped = promisify(gunzip);
const gzipped = promisify(gzip);
/** Checkpoints are written far more often than read, and sealed secrets do not shrink. */
const FAST = { level: 1 };

/** Whether a checkpoint is due, after so many changes since the last one, with so many objects now. */
export function isCheckpointDue(changes: number, objects: number): boolean {
  return changes >= MIN_CHANGES && changes >= objects;
}

/** A checkpoint of objects, as JSON texts. */
export function packObjects(objects: readonly string[]): Promise<Buffer> {
  return gzipped(objects.join('\n'), FAST);
}

/** The same, at once. */
export function packObjectsNow(objects: readonly string[]): Buffer {
  return gzipSync(objects.join('\n'), FAST);
}

/** The objects of a checkpoint, as JSON texts. */
export async function unpackObjects(content: Uint8Array): Promise<readonly string[]> {
  const text = (await gunzipped(content)).toString('utf8');
  return text === '' ? [] : text.split('\n');
}
