import type { Answers } from '../kinds.ts';
import { baseAnswer, byText } from './base.ts';

/** Source: API reference, "Creating an Environment" and "Querying Environments". */
export const environmentAnswers: Answers<'environment'> = {
  item: (environment) => ({ remark: '', ...baseAnswer(environment) }),
  filters: { name: byText(({ body }) => body.name) },
};
