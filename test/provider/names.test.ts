import { describe, expect, test } from '@jest/globals';
import { descriptionOf, fieldsOf } from '@apig/sdk/contract';
import { provider } from '../../provider/src/lifecycle.ts';
import { MADE_NAME, nameFor } from '../../provider/src/names.ts';
import { KINDS, SAMPLES } from './samples.ts';

const THROTTLE = { project: 'shop', stack: 'test', type: 'Throttle', name: 'gold' };
const { name: _, ...UNNAMED } = SAMPLES.throttle;

describe('the name of an object whose resource says none', () => {
  test('is the same in each run, and another one in another stack, for another class and another resource', () => {
    const names = [
      THROTTLE,
      { ...THROTTLE, stack: 'production' },
      { ...THROTTLE, project: 'orders' },
      { ...THROTTLE, type: 'Acl' },
      { ...THROTTLE, name: 'silver' },
    ].map(nameFor);
    expect(nameFor(THROTTLE)).toBe(names[0]);
    expect(new Set(names).size).toBe(5);
    expect(names[0]).toMatch(/^gold_[0-9a-f]{7}$/);
  });

  test.each(KINDS)('is one that a %s may have, whatever the resource is called', (kind) => {
    const named = fieldsOf(descriptionOf(kind).input).filter(({ marks }) => marks.automatic);
    for (const name of ['a', '1', '-', 'Ärger', 'get /orders/{id}', 'x'.repeat(200)]) {
      const made = nameFor({ ...THROTTLE, name });
      expect(named.filter(({ schema }) => !schema.safeParse(made).success)).toEqual([]);
    }
  });

  test('is kept when the resource gets another name in the program', async () => {
    const run = provider('throttle');
    const first = await run.check({}, { ...UNNAMED, [MADE_NAME]: 'gold_1234567' });
    expect(first.inputs).toMatchObject({ name: 'gold_1234567' });
    const renamed = await run.check(first.inputs, { ...UNNAMED, [MADE_NAME]: 'silver_7654321' });
    expect(renamed).toEqual(first);
  });

  test('gives way to one that the program says', async () => {
    const { inputs } = await provider('throttle').check(
      { ...UNNAMED, name: 'gold_1234567' },
      { ...UNNAMED, name: 'gold' },
    );
    expect(inputs).toMatchObject({ name: 'gold' });
  });
});
