import type { ConfigurationReader, Stored } from '../../store/configuration.ts';
import type { Answers } from '../kinds.ts';
import { toSeconds } from '../times.ts';
import { baseAnswer, byText, byValue } from './base.ts';

/** Source: API reference, "Creating an Excluded Request Throttling Configuration". */
export const throttleExceptionAnswers: Answers<'throttleException'> = {
  item: (exception, { configuration }) => {
    const app = appOf(exception, configuration);
    return {
      ...baseAnswer(exception),
      throttle_id: exception.body.throttleId,
      apply_time: toSeconds(exception.createdAt),
      app_id: app?.id ?? '',
      app_name: app?.body.name ?? '',
      object_name: app?.body.name ?? exception.body.objectId,
    };
  },
  filters: {
    object_type: byValue(({ body }) => body.objectType),
    app_name: {
      match: 'part',
      of: (exception, { configuration }) => appOf(exception, configuration)?.body.name ?? '',
    },
    user: byText(({ body }) => (body.objectType === 'USER' ? body.objectId : '')),
  },
};

function appOf(
  { body }: Stored<'throttleException'>,
  configuration: ConfigurationReader,
): Stored<'app'> | undefined {
  return body.objectType === 'APP' ? configuration.get('app', body.objectId) : undefined;
}
