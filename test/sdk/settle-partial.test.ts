import { describe, expect, test } from '@jest/globals';
import { descriptionOf, settle } from '@apig/sdk/contract';

const acl = {
  gatewayId: 'gateway-1',
  name: 'offices',
  type: 'DENY',
  entityType: 'IP',
  values: ['192.0.2.1'],
};

describe('a field that is wrong', () => {
  test.each<[string, object, object]>([
    ['left out', { name: undefined }, { message: 'expected a value', error: 'valueMissing' }],
    [
      'left out, of few values',
      { type: undefined },
      { message: 'expected one of PERMIT, DENY', error: 'valueMissing' },
    ],
    ['of another type', { name: 7 }, { message: 'expected string', error: 'valueInvalid' }],
    [
      'none of few values',
      { type: 'ALLOW' },
      { message: 'expected one of PERMIT, DENY', error: 'valueInvalid' },
    ],
  ])('%s', (_, change, fault) => {
    const [path] = Object.keys(change);
    expect(settle(descriptionOf('acl'), { ...acl, ...change }).faults).toEqual([{ path: [path], ...fault }]);
  });
});
