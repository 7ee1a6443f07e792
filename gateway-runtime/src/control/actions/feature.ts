import { hash } from 'node:crypto';
import { descriptionOf, fail, FEATURES, isFeature, type FeatureName, type Json } from '@apig/sdk/contract';
import { featureFault, isOffered, OFFERED_FEATURES } from '../../features.ts';
import type { Bodies, ConfigurationReader, Stored } from '../../store/configuration.ts';
import { FIXED_FEATURES } from '../answers/gateway.ts';
import { textIn } from '../body.ts';
import type { ControlRoute } from '../call.ts';
import type { ControlContext } from '../context.ts';
import { newId } from '../ids.ts';
import { inside } from '../inside.ts';
import { settledRequest } from '../objects.ts';
import { listAnswer } from '../paging.ts';
import { toSeconds } from '../times.ts';

/** Source: API reference, "Configuring a Feature for a Gateway" and the pages that follow it. */
export function featureActions(context: ControlContext): readonly ControlRoute[] {
  const { read, change } = inside(context, '');
  return [
    change('POST', 'features', 201, ({ body }, { draft }, gatewayId) => {
      const name = textIn(body, 'name');
      if (!isFeature(name)) throw fail('featureUnknown', { name });
      const { config } = body;
      // Some clients send the object and not its text.
      const text = typeof config === 'object' && config !== null ? JSON.stringify(config) : config;
      const before = featureOf(name, gatewayId, draft);
      // Settled by the kind's own description, so it is what the kind stores.
      const value = settledRequest(
        descriptionOf('gatewayFeature'),
        { ...body, config: text ?? before?.body.config },
        { gatewayId },
      ) as unknown as Bodies['gatewayFeature'];
      assertOffered(value);
      draft.put('gatewayFeature', before?.id ?? newId(), value);
      return shown(name, gatewayId, draft);
    }),

    read('features', (call, { configuration }, gatewayId) =>
      listAnswer(call, 'features', OFFERED_FEATURES, (name) => shown(name, gatewayId, configuration)),
    ),

    read('instance-features', (call) =>
      listAnswer(call, 'features', [...OFFERED_FEATURES, ...FIXED_FEATURES], (name) => name),
    ),
  ];
}

/** @throws featureNotSupported for a feature that would be on and have no effect; valueInvalid for its configuration */
export function assertOffered({ name, enabled, config = '' }: Bodies['gatewayFeature']): void {
  if (!isOffered(name)) {
    if (enabled) throw fail('featureNotSupported', { name });
    return;
  }
  const reason = enabled ? featureFault(name, config) : undefined;
  if (reason !== undefined) throw fail('valueInvalid', { reason, field: 'config' });
}

function featureOf(
  name: FeatureName,
  gatewayId: string,
  configuration: ConfigurationReader,
): Stored<'gatewayFeature'> | undefined {
  return configuration.by('gatewayFeature', 'gatewayId', gatewayId).find(({ body }) => body.name === name);
}

function shown(name: FeatureName, gatewayId: string, configuration: ConfigurationReader): Json {
  const stored = featureOf(name, gatewayId, configuration);
  const { enabled, config } = stored?.body ?? FEATURES[name];
  const time = stored?.updatedAt ?? configuration.get('gateway', gatewayId)?.createdAt ?? '';
  return {
    // Features have an ID also when nobody has set them.
    id: hash('sha256', `${gatewayId}/${name}`).slice(0, 32),
    name,
    enable: enabled,
    config: config ?? '',
    instance_id: gatewayId,
    update_time: toSeconds(time),
  };
}
