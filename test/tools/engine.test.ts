import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openStack, type Stack } from '../support/pulumi.ts';

const PROGRAM = `
import * as pulumi from '@pulumi/pulumi';

const provider = {
  async create(inputs) {
    return { id: 'id-' + inputs.size, outs: inputs };
  },
  async update(id, olds, news) {
    return { outs: news };
  },
  async read(id, props) {
    return { id, props };
  },
};
class Box extends pulumi.dynamic.Resource {
  constructor(name, args) {
    super(provider, name, args);
  }
}
const config = new pulumi.Config();
const box = new Box('box', { size: config.require('size'), label: config.requireSecret('label') });
export const id = box.id;
export const label = config.requireSecret('label');
export const node = process.versions.node;
export const contract = import.meta.resolve('@apig/sdk/contract');
`;

describe('a stack of the real engine', () => {
  let stack: Stack;

  beforeEach(async () => {
    stack = await openStack({
      program: { 'index.js': PROGRAM },
      config: { size: '1' },
      secrets: { label: 'hush' },
    });
  }, 60_000);

  afterEach(async () => {
    await stack.dispose();
  });

  test('is previewed, created, refreshed and destroyed', async () => {
    const planned = await stack.preview();
    expect(planned).toMatchObject({ code: 0, summary: { create: 2 } });
    expect(planned.changes.map(({ op, name }) => [op, name])).toContainEqual(['create', 'box']);

    expect(await stack.up()).toMatchObject({ code: 0, summary: { create: 2 } });
    expect((await stack.preview()).changes).toEqual([]);
    expect(await stack.refresh()).toMatchObject({ code: 0, summary: { same: 2 } });

    const { resources } = await stack.exportState();
    expect(resources).toMatchObject([{ type: 'pulumi-nodejs:dynamic:Resource', id: 'id-1' }]);

    expect(await stack.destroy()).toMatchObject({ code: 0, summary: { delete: 2 } });
    expect((await stack.exportState()).resources).toEqual([]);
  }, 120_000);

  test('has outputs: secrets only when asked for, and what the program runs with', async () => {
    await stack.up();
    const outputs = await stack.outputs();
    expect(outputs).toMatchObject({ id: 'id-1', label: '[secret]', node: process.versions.node });
    expect(outputs['contract']).toMatch(/\/sdk\/src\/contract\.ts$/);
    expect(await stack.outputs({ showSecrets: true })).toMatchObject({ label: 'hush' });
  }, 60_000);

  test('sees changed config and a changed program in the next preview', async () => {
    await stack.up();
    await stack.setConfig('size', '2');
    expect((await stack.preview()).changes).toMatchObject([{ op: 'update', name: 'box' }]);
    stack.write({ 'index.js': PROGRAM.replace("'box'", "'crate'") });
    const { changes } = await stack.preview();
    expect(changes.map(({ op, name }) => [op, name])).toEqual([
      ['create', 'crate'],
      ['delete', 'box'],
    ]);
  }, 120_000);

  test('answers with code and text when the program fails', async () => {
    stack.write({ 'index.js': `throw new Error('no such shelf');` });
    const failed = await stack.up();
    expect(failed.code).not.toBe(0);
    expect(failed.stdout + failed.stderr).toContain('no such shelf');
  }, 60_000);
});
