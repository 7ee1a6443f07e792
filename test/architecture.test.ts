import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const root = join(import.meta.dirname, '..');
const files = ['sdk/src', 'provider/src', 'gateway-runtime/src', 'examples', 'tools']
  .flatMap((folder) => sources(join(root, folder)))
  .map((path) => ({
    path: relative(root, path).split(sep).join('/'),
    imports: importsOf(readFileSync(path, 'utf8')),
  }));

/** Where a package may be imported; everything else is forbidden. */
const ONLY_IN: Readonly<Record<string, readonly string[]>> = {
  axios: ['sdk/src/client/transport.ts', 'provider/src/review/github/github.ts'],
  typescript: ['tools/reference/comments.ts'],
  '@pulumi/pulumi': [
    'provider/src/resource.ts',
    'provider/src/lookup.ts',
    'provider/src/components/',
    'provider/src/testing.ts',
    'examples/',
  ],
  '@pulumi/policy': ['provider/src/policies/', 'examples/policies/'],
  'better-sqlite3': ['gateway-runtime/src/store/sqlite.ts'],
  kysely: ['gateway-runtime/src/store/'],
  fastify: ['gateway-runtime/src/control/'],
  commander: ['gateway-runtime/src/config.ts'],
  '@fastify/busboy': ['gateway-runtime/src/control/openapi-documents/form.ts'],
  yaml: ['gateway-runtime/src/control/openapi-documents/', 'provider/src/review/yaml.ts', 'examples/'],
  '@seriousme/openapi-schema-validator': ['gateway-runtime/src/control/openapi-documents/read-document.ts'],
  pino: ['gateway-runtime/src/observe/'],
  'prom-client': ['gateway-runtime/src/observe/'],
};

/** Folder to what it must never import. */
const NEVER: readonly (readonly [from: string, to: RegExp, why: string])[] = [
  ['sdk/', /^@apig\/|\.\.\/\.\.\/(provider|gateway-runtime)\//, 'the sdk stands alone'],
  ['provider/', /^@apig\/gateway-runtime/, 'provider and runtime meet over HTTP only'],
  [
    'gateway-runtime/',
    /^@apig\/(provider|sdk$)/,
    'a server needs the contract and the signer, not the client',
  ],
  ['gateway-runtime/src/control/', /\/data\//, 'management and traffic know only the configuration'],
  [
    'gateway-runtime/src/data/',
    /\/control\/|\/store\/(?!configuration\.ts$)|^zod$/,
    'the request path has no store and no schemas',
  ],
  [
    'gateway-runtime/src/data/',
    /^(undici|(node:)?https?)$/,
    'traffic has an HTTP of its own, which refuses what others read differently',
  ],
  ['gateway-runtime/src/data/http1/', /^\.\.\//, 'the wire knows bytes, not gateways'],
  ['gateway-runtime/src/store/', /\/(control|data)\//, 'the store is below both'],
  ['provider/src/diff.ts', /client|axios|^@pulumi/, 'the diff is pure'],
];

describe('imports', () => {
  test('are found in every package', () => {
    for (const folder of ['sdk/', 'gateway-runtime/', 'examples/', 'tools/']) {
      expect(files.filter(({ path, imports }) => path.startsWith(folder) && imports.length > 0)).not.toEqual(
        [],
      );
    }
  });

  test.each(Object.entries(ONLY_IN))('of %s stand in few places', (name, places) => {
    const found = files.filter(({ imports }) =>
      imports.some((each) => each === name || each.startsWith(`${name}/`)),
    );
    expect(
      found.map(({ path }) => path).filter((path) => !places.some((place) => path.startsWith(place))),
    ).toEqual([]);
  });

  test.each(NEVER)('from %s never match %s: %s', (from, to) => {
    const wrong = files
      .filter(({ path }) => path.startsWith(from))
      .flatMap(({ path, imports }) =>
        imports.filter((each) => to.test(each)).map((each) => `${path} -> ${each}`),
      );
    expect(wrong).toEqual([]);
  });
});

describe('source files', () => {
  test('read the environment and end the process in one place of each package only', () => {
    const wrong = files
      .filter(({ path }) => /^(sdk|gateway-runtime)\/src\//.test(path))
      .filter(({ path }) => !['gateway-runtime/src/config.ts', 'gateway-runtime/src/main.ts'].includes(path))
      .filter(({ path }) => /process\.(env|exit)/.test(readFileSync(join(root, path), 'utf8')));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test('have no default export', () => {
    const wrong = files.filter(({ path }) => /^export default/m.test(readFileSync(join(root, path), 'utf8')));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});

function sources(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.d)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('node_modules'));
}

/** The modules that a source imports, statically or not. Type imports count: they are arrows too. */
function importsOf(source: string): readonly string[] {
  return [
    ...source.matchAll(/(?:^(?:import|export)[^'";]*?from\s*|^import\s*|\bimport\(\s*)['"]([^'"]+)['"]/gm),
  ].map((match) => match[1] ?? '');
}
