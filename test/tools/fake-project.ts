import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A project with one dependency, which npm installs from a folder of its own and so without a network. */
export function writeProject(root: string): void {
  const dependencies = { shelf: 'file:shelf' };
  mkdirSync(join(root, 'shelf'), { recursive: true });
  writeJson(join(root, 'shelf/package.json'), { name: 'shelf', version: '1.0.0' });
  writeFileSync(join(root, 'shelf/index.js'), '');
  writeJson(join(root, 'package.json'), { name: 'shop', version: '1.0.0', private: true, dependencies });
  writeJson(join(root, 'package-lock.json'), {
    name: 'shop',
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { name: 'shop', version: '1.0.0', dependencies },
      'node_modules/shelf': { resolved: 'shelf', link: true },
      shelf: { version: '1.0.0' },
    },
  });
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value, null, 2));
}
