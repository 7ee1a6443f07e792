import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readComments } from './reference/comments.ts';
import { referenceFiles } from './reference/files.ts';

// npm run reference: writes sdk/reference from the descriptions, the catalogues of errors and the comments of the sdk.
const root = join(import.meta.dirname, '..');
for (const [path, content] of Object.entries(referenceFiles(readComments(root)))) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
  process.stdout.write(`${path}\n`);
}
