import { describe, expect, test } from '@jest/globals';
import { Configuration, environmentKey } from '../../gateway-runtime/src/store/configuration.ts';
import { Draft } from '../../gateway-runtime/src/store/draft.ts';
import { environment, group } from './objects.ts';

const EARLIER = '2026-11-24T10:00:00.000Z';
const NOW = '2026-11-24T11:00:00.000Z';

/** A configuration with the environment `one` and the groups `a` and `b` of gateway `g`. */
function filled(): Configuration {
  const draft = new Draft(new Configuration(), EARLIER);
  draft.put('environment', 'one', environment('g', 'beta'));
  draft.put('apiGroup', 'a', group('g', 'first'));
  draft.put('apiGroup', 'b', group('g', 'second'));
  const configuration = new Configuration();
  configuration.apply(draft.changes(), 1);
  return configuration;
}

describe('a draft', () => {
  test('shows what was put into it, and its base does not', () => {
    const base = filled();
    const draft = new Draft(base, NOW);

    draft.put('apiGroup', 'c', group('g', 'third'));

    expect(draft.get('apiGroup', 'c')?.body.name).toBe('third');
    expect(draft.by('apiGroup', 'name', 'third').map(({ id }) => id)).toEqual(['c']);
    expect(draft.all('apiGroup').map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(base.get('apiGroup', 'c')).toBeUndefined();
  });

  test('finds a changed object under its new value and no more under the old one', () => {
    const draft = new Draft(filled(), NOW);

    draft.put('apiGroup', 'a', group('g', 'renamed'));

    expect(draft.by('apiGroup', 'name', 'first')).toEqual([]);
    expect(draft.by('apiGroup', 'name', 'renamed').map(({ id }) => id)).toEqual(['a']);
    expect(draft.by('apiGroup', 'gatewayId', 'g').map(({ id }) => id)).toEqual(['a', 'b']);
  });

  test('keeps the time of creation and sets that of the change', () => {
    const draft = new Draft(filled(), NOW);

    const changed = draft.put('apiGroup', 'a', group('g', 'renamed'));

    expect(changed).toMatchObject({ createdAt: EARLIER, updatedAt: NOW });
  });

  test('does not show what was removed', () => {
    const base = filled();
    const draft = new Draft(base, NOW);
    const key = environmentKey('g', 'one');

    for (const found of draft.all('environment')) draft.remove(found);

    expect(draft.get('environment', key)).toBeUndefined();
    expect(draft.by('environment', 'gatewayId', 'g')).toEqual([]);
    expect(base.get('environment', key)).toBeDefined();
  });

  test('lists what differs, with both sides', () => {
    const base = filled();
    const draft = new Draft(base, NOW);

    draft.put('apiGroup', 'a', group('g', 'renamed'));
    for (const found of draft.all('environment')) draft.remove(found);
    draft.put('apiGroup', 'c', group('g', 'third'));

    expect(draft.changes()).toEqual([
      {
        kind: 'apiGroup',
        key: 'a',
        before: base.get('apiGroup', 'a'),
        after: draft.get('apiGroup', 'a'),
      },
      { kind: 'apiGroup', key: 'c', after: draft.get('apiGroup', 'c') },
      { kind: 'environment', key: 'g/one', before: base.get('environment', 'g/one') },
    ]);
  });

  test('lists nothing for an object that stays what it is, or that came and went', () => {
    const base = filled();
    const draft = new Draft(base, NOW);

    const same = draft.put('apiGroup', 'a', group('g', 'first'));
    draft.remove(draft.put('apiGroup', 'c', group('g', 'third')));

    expect(same).toBe(base.get('apiGroup', 'a'));
    expect(draft.changes()).toEqual([]);
  });
});
