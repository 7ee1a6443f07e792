import { tiedTo } from '../../behaviour/view.ts';
import type { Remark, Rule } from '../rule.ts';

const SECONDS: Readonly<Record<string, number>> = { SECOND: 1, MINUTE: 60, HOUR: 3600, DAY: 86_400 };
/** Calls of an API in a second where nothing is bound. Source: user guide, "Configuring Gateway Parameters" (ratelimit). */
const USUAL = 200;

/** A limit that lets more pass than none. */
export const throttleAboveDefault: Rule = {
  name: 'throttle-above-default',
  severity: 'note',
  title: 'A throttle lets more calls pass than the gateway does where none is bound.',
  check: (view) => {
    const bound = new Map(
      view.published.flatMap((published) =>
        tiedTo(view, 'throttleBinding', 'throttle', published).map((object) => [object.id, object] as const),
      ),
    );
    return [...bound.values()].flatMap((object): readonly Remark[] => {
      const { gatewayId, apiCallLimit, timeInterval, timeUnit, name } = object.body;
      const rate = Number(apiCallLimit) / (Number(timeInterval) * (SECONDS[String(timeUnit)] ?? 1));
      const feature = view
        .by('gatewayFeature', 'gatewayId', String(gatewayId))
        .find(({ body }) => body['name'] === 'ratelimit');
      const usual = Number(/"api_limits":(\d+)/.exec(String(feature?.body['config']))?.[1] ?? USUAL);
      if (rate <= usual) return [];
      return [
        {
          object,
          message: `The throttle ${String(name)} lets ${String(Math.round(rate))} calls a second pass; without one it would be ${String(usual)}.`,
        },
      ];
    });
  },
};
