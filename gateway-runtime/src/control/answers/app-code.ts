import type { Answers } from '../kinds.ts';
import { baseAnswer } from './base.ts';

/** Source: API reference, "Creating an App Code". */
export const appCodeAnswers: Answers<'appCode'> = {
  item: (code) => ({ ...baseAnswer(code), app_id: code.body.appId }),
};
