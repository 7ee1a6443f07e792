import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import * as apig from '@apig/provider';
import { resources, type Kind } from '@apig/sdk/contract';
import { exampleOfAll } from '../../sdk/src/reference/example-program.ts';
import { TYPE_NAMES } from '../../provider/src/type-names.ts';
import { readComments } from '../../tools/reference/comments.ts';
import { pagePathOf, referenceFiles } from '../../tools/reference/files.ts';
import { makeCertificate } from '../support/certificates.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { openStack, type Outcome, type Preview, type Stack } from '../support/pulumi.ts';

/*
 * What the pages of the reference show works: each whole program compiles as it stands, and the examples of all kinds
 * together are created by the real engine.
 */

const ROOT = join(import.meta.dirname, '../..');
const KINDS = Object.keys(resources) as Kind[];
const FILES = referenceFiles(readComments(ROOT));

describe('the whole program of', () => {
  const programs = new Map(KINDS.map((kind) => [join(import.meta.dirname, `page-of-${kind}.ts`), kind]));
  let faults: ReadonlyMap<Kind, readonly string[]>;

  beforeAll(() => {
    faults = compile(new Map([...programs].map(([path, kind]) => [path, programOf(kind)])));
  }, 300_000);

  test.each(KINDS)('%s holds its example and compiles', (kind) => {
    expect(programOf(kind)).toContain(`const ${kind} = new apig.${TYPE_NAMES[kind]}('orders', {`);
    expect(faults.get(kind)).toEqual([]);
  });

  /** What the compiler has to say of each program. */
  function compile(texts: ReadonlyMap<string, string>): ReadonlyMap<Kind, readonly string[]> {
    const config: unknown = ts.readConfigFile(join(ROOT, 'test/tsconfig.json'), (path) =>
      ts.sys.readFile(path),
    ).config;
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, join(ROOT, 'test'));
    const settings = {
      ...options,
      noEmit: true,
      composite: false,
      incremental: false,
      noUnusedLocals: false,
    };
    const host = ts.createCompilerHost(settings);
    const read = host.getSourceFile.bind(host);
    host.getSourceFile = (path, ...rest) => {
      const text = texts.get(path);
      return text === undefined
        ? read(path, ...rest)
        : ts.createSourceFile(path, text, ts.ScriptTarget.ESNext);
    };
    const program = ts.createProgram([...texts.keys()], settings, host);
    return new Map(
      [...programs].map(([path, kind]) => {
        const file = program.getSourceFile(path);
        const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
        return [kind, found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))];
      }),
    );
  }
});

describe('how a page says to find what exists', () => {
  test.each(KINDS)('is by functions that there are: %s', (kind) => {
    const names = [...pageOf(kind).matchAll(/apig\.(get\w+)\(/g)].map(([, name = '']) => name);
    expect(names).toHaveLength(2);
    for (const name of [...names, `${names[0] ?? ''}Output`]) expect(apig).toHaveProperty(name);
  });
});

describe('the examples of all kinds together', () => {
  let runtime: TestGateway;
  let stack: Stack;
  let up: Outcome;
  let preview: Preview;
  let destroy: Outcome;

  beforeAll(async () => {
    runtime = await openGateway({
      functions: { 'urn:fss:eu-de:shop:function:default:check': { url: 'http://127.0.0.1:9' } },
    });
    const { endpoint, projectId, accessKey, secretKey } = runtime;
    const { certificate, key } = await makeCertificate(['orders.example.com']);
    stack = await openStack({
      program: { 'index.ts': exampleOfAll(TYPE_NAMES) },
      config: {
        'apig:endpoint': endpoint,
        'apig:projectId': projectId,
        'apig:accessKey': accessKey,
        certificate,
      },
      secrets: { 'apig:secretKey': secretKey, privateKey: key, config: '{"api_limits":300}' },
    });
    up = await stack.up();
    preview = await stack.preview();
    destroy = await stack.destroy();
  }, 600_000);

  afterAll(async () => {
    await stack.dispose();
    await runtime.dispose();
  });

  test('are created', () => {
    expect(up).toMatchObject({ code: 0, summary: { create: KINDS.length + 1 } });
  });

  test('are then as asked for', () => {
    expect(preview).toMatchObject({ code: 0, changes: [] });
  });

  test('are removed', () => {
    expect(destroy).toMatchObject({ code: 0, summary: { delete: KINDS.length + 1 } });
  });
});

function pageOf(kind: Kind): string {
  return FILES[pagePathOf(kind)] ?? '';
}

/** The whole program that a page shows. */
function programOf(kind: Kind): string {
  return /<summary>[^]*?```ts\n([^`]*)```/.exec(pageOf(kind))?.[1] ?? '';
}
