import { beforeAll, describe, expect, test } from '@jest/globals';
import * as pulumi from '@pulumi/pulumi';
import { mocks, type ProgramMocks } from '@apig/provider/testing';
import { resources, type Json, type Kind } from '@apig/sdk/contract';
import { TYPE_NAMES, typeTokenOf } from '../../provider/src/type-names.ts';
import { exampleInput } from '../support/examples.ts';
import type * as Provider from '@apig/provider';

let apig: typeof Provider;
let program: ProgramMocks;

beforeAll(async () => {
  program = mocks();
  await pulumi.runtime.setMocks(program, 'shop', 'test', false);
  apig = await import('@apig/provider');
});

/** The value of an output. */
function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => void output.apply(resolve));
}

describe('a program under mocks', () => {
  test('has its arguments with their defaults, and outputs', async () => {
    const gateway = apig.Gateway.get('shared', { id: 'a'.repeat(32) });
    const throttle = new apig.Throttle('gold', {
      gatewayId: gateway.id,
      name: 'gold',
      apiCallLimit: 100,
      timeInterval: 1,
      timeUnit: 'MINUTE',
    });
    const app = new apig.App('web-shop', { gatewayId: gateway.id, name: 'web_shop' });

    expect(await valueOf(throttle.scope)).toBe('API');
    expect(await valueOf(throttle.gatewayId)).toBe('a'.repeat(32));
    expect(await valueOf(throttle.id)).toMatch(/^[0-9a-f]{32}$/);
    expect(await valueOf(app.appKey)).toMatch(/^appKey-/);
    expect(await pulumi.isSecret(app.appSecret)).toBe(true);
    expect(program.declared).toContainEqual(
      expect.objectContaining({
        kind: 'throttle',
        name: 'gold',
        inputs: expect.objectContaining({ apiCallLimit: 100, scope: 'API' }),
      }),
    );
  });

  test.each(Object.keys(resources) as Kind[])('can declare the kind %s', async (kind) => {
    const { id, state } = await program.newResource({
      type: typeTokenOf(kind),
      name: TYPE_NAMES[kind],
      inputs: exampleInput(kind),
    });
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    const inputs = program.declared.at(-1)?.inputs ?? {};
    expect(Object.keys(state as Json)).toEqual(expect.arrayContaining(Object.keys(inputs)));
  });

  test('is told of a wrong argument as by a preview', () => {
    const args = { gatewayId: 'g', name: 'gold', apiCallLimit: 0, timeInterval: 1, timeUnit: 'MINUTE' };
    const declare = () =>
      program.newResource({
        type: 'pulumi-nodejs:dynamic/apig:Throttle',
        name: 'gold',
        inputs: args,
      });
    expect(declare).toThrow(/throttle 'gold': apiCallLimit: /);
  });
});
