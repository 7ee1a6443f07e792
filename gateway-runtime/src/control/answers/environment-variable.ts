import type { Answers } from '../kinds.ts';
import { baseAnswer, byText, byValue } from './base.ts';

/** Source: API reference, "Creating an Environment Variable" and "Querying Environment Variables". */
export const environmentVariableAnswers: Answers<'environmentVariable'> = {
  item: baseAnswer,
  filters: {
    group_id: byValue(({ body }) => body.groupId),
    env_id: byValue(({ body }) => body.environmentId),
    variable_name: byText(({ body }) => body.name),
  },
};
