import type { Json } from '@apig/sdk/contract';
import type { Stored } from '../../store/configuration.ts';
import type { View } from '../context.ts';
import type { Answers } from '../kinds.ts';
import { baseAnswer, byId, byText } from './base.ts';

/** Source: API reference, "Creating a Request Throttling Policy" and "Querying Request Throttling Policies". */
export const throttleAnswers: Answers<'throttle'> = {
  item: throttleAnswer,
  filters: { id: byId(), name: byText(({ body }) => body.name) },
};

/** A throttle as every operation shows it. */
export function throttleAnswer(throttle: Stored<'throttle'>, { configuration }: View): Json {
  const exceptions = configuration.by('throttleException', 'throttleId', throttle.id);
  return {
    user_call_limits: 0,
    app_call_limits: 0,
    ip_call_limits: 0,
    remark: '',
    // A text, not a flag.
    enable_adaptive_control: 'FALSE',
    ...baseAnswer(throttle),
    bind_num: configuration.by('throttleBinding', 'throttleId', throttle.id).length,
    is_inclu_special_throttle: exceptions.length > 0 ? 1 : 2,
  };
}
