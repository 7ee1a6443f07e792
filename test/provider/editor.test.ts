import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const PROGRAM = join(ROOT, 'test/provider/program.ts');
const TEXT = `
import { Api, Throttle } from '@apig/provider';
const throttle = new Throttle('gold', { gatewayId: 'g', name: 'gold', apiCallLimit: 1, timeInterval: 1, timeUnit: 'DAY' });
const api = new Api('list', { gatewayId: 'g', groupId: 'x', name: 'list', method: 'GET', path: '/', authentication: 'NONE',
  httpBackend: { address: 'orders', protocol: 'HTTP', method: 'GET', path: '/', timeoutMs: 5 } });
export const [scope, created, digest] = [throttle.scope, throttle.createTime, api.digest];
`;

let service: ts.LanguageService;

beforeAll(() => {
  const read = (file: string) => readFileSync(file, 'utf8');
  const config: unknown = ts.readConfigFile(join(ROOT, 'test/tsconfig.json'), read).config;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, join(ROOT, 'test'));
  const { sys } = ts;
  service = ts.createLanguageService({
    fileExists: (file) => sys.fileExists(file),
    readFile: (file) => sys.readFile(file),
    directoryExists: (path) => sys.directoryExists(path),
    getDirectories: (path) => sys.getDirectories(path),
    realpath: (path) => realpathSync(path),
    getCompilationSettings: () => options,
    getCurrentDirectory: () => ROOT,
    getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
    getScriptFileNames: () => [PROGRAM],
    getScriptVersion: () => '1',
    getScriptSnapshot: (file) => {
      const text = file === PROGRAM ? TEXT : sys.readFile(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
  });
});

describe('the editor shows what the description says', () => {
  test.each([
    ['an argument', 'apiCallLimit:', 'Calls of one API allowed in a window.'],
    [
      'an argument inside another',
      'timeoutMs:',
      'Time allowed for an answer, in milliseconds, 1 to 600,000.',
    ],
    ['an argument as a property', 'scope,', '`API`: each bound API has counters of its own.'],
    ['an output', 'createTime,', 'Time of creation, RFC 3339 in UTC.'],
    ['a computed output', 'digest];', 'Digest of the definition'],
    ['a class', 'Throttle(', 'A limit of calls in a window of time.'],
  ])('for %s', (_, where, expected) => {
    const info = service.getQuickInfoAtPosition(PROGRAM, TEXT.lastIndexOf(where));
    expect(ts.displayPartsToString(info?.documentation)).toContain(expected);
  });

  test('and the program compiles', () => {
    expect(service.getSemanticDiagnostics(PROGRAM).map(({ messageText }) => messageText)).toEqual([]);
  });
});
