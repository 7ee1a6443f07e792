import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readComments } from './reference/comments.ts';
import { PAGES, referenceFiles } from './reference/files.ts';

// npm run reference: writes sdk/reference from the descriptions, the catalogues of errors and the comments of the sdk.
const root = join(import.meta.dirname, '..');
const files = referenceFiles(readComments(root));
rmSync(join(root, PAGES), { recursive: true, force: true });
for (const [path, content] of Object.entries(files)) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
  process.stdout.write(`${path}\n`);
}
