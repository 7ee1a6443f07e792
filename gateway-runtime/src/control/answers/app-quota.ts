import type { Json } from '@apig/sdk/contract';
import type { Stored } from '../../store/configuration.ts';
import type { View } from '../context.ts';
import type { Answers } from '../kinds.ts';
import { baseAnswer, byText } from './base.ts';

/** Source: API reference, "Creating an App Quota" and "Querying App Quotas". */
export const appQuotaAnswers: Answers<'appQuota'> = {
  item: appQuotaAnswer,
  filters: { name: byText(({ body }) => body.name) },
};

/** A quota as every operation shows it. */
export function appQuotaAnswer(quota: Stored<'appQuota'>, { configuration }: View): Json {
  return {
    reset_time: '',
    remark: '',
    ...baseAnswer(quota),
    bound_app_num: configuration.by('appQuotaBinding', 'appQuotaId', quota.id).length,
  };
}
