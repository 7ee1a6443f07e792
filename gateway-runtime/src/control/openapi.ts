import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Json } from '@apig/sdk/contract';
import type { ControlRoute } from './call.ts';

/** The OpenAPI document of the management API, as the sdk comes with it: a file, which no code of the sdk has to read. */
export function openApiRoute(): ControlRoute {
  let document: Promise<Json> | undefined;
  return {
    method: 'GET',
    path: 'openapi.json',
    status: 200,
    answer: () => (document ??= readDocument()),
  };
}

async function readDocument(): Promise<Json> {
  const path = createRequire(import.meta.url).resolve('@apig/sdk/openapi.json');
  return JSON.parse(await readFile(path, 'utf8')) as Json;
}
