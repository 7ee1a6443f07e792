import { covers } from '../../behaviour/paths.ts';
import type { Published } from '../../behaviour/view.ts';
import type { Remark, Rule } from '../rule.ts';

/** An API that no request reaches, because another one always wins. */
export const shadowedRoute: Rule = {
  name: 'shadowed-route',
  severity: 'warning',
  title: 'Another API of the group answers every request that an API could get.',
  check: (view) => {
    const places = new Map<string, Published[]>();
    for (const each of view.published) {
      const place = JSON.stringify([each.group.id, each.environment]);
      places.set(place, [...(places.get(place) ?? []), each]);
    }
    return [...places.values()].flatMap((apis) =>
      apis.flatMap((api): readonly Remark[] => {
        const winner = apis.find((other) => other !== api && alwaysWins(other, api));
        const object = view.get('api', api.apiId);
        if (winner === undefined || object === undefined) return [];
        return [
          {
            object,
            message: `No request reaches API ${api.api} in ${api.environment}: ${routeOf(winner)} of API ${winner.api} wins over ${routeOf(api)}.`,
          },
        ];
      }),
    );
  },
};

/** A whole path wins over a prefix, however general it is. */
function alwaysWins({ definition: one }: Published, { definition: other }: Published): boolean {
  return one.matchMode === 'EXACT' && other.matchMode === 'PREFIX' && covers(one, other);
}

function routeOf({ definition: { method, path, matchMode } }: Published): string {
  return `${method} ${path}${matchMode === 'PREFIX' ? ' (prefix)' : ''}`;
}
