import type { Json } from '@apig/sdk/contract';
import type { Stored } from '../../store/configuration.ts';
import type { Answers } from '../kinds.ts';
import { toSeconds } from '../times.ts';
import { baseAnswer, byId, byText, byValue } from './base.ts';

/** Who creates apps: their owner. The market, the other value, is not in use. */
const CREATOR = 'USER';
const STATUS = 1;

/** Source: API reference, "Creating an App" and "Querying Apps". */
export const appAnswers: Answers<'app'> = {
  item: appAnswer,
  listed: (app, { configuration }) => ({
    ...appAnswer(app),
    bind_num: configuration.by('appAuthorization', 'appId', app.id).length,
  }),
  filters: {
    id: byId(),
    name: byText(({ body }) => body.name),
    status: byValue(() => String(STATUS)),
    app_key: byValue(({ body }) => body.appKey),
    creator: byValue(() => CREATOR),
  },
};

/** An app as every operation shows it. */
export function appAnswer(app: Stored<'app'>): Json {
  return {
    remark: '',
    ...baseAnswer(app),
    creator: CREATOR,
    update_time: toSeconds(app.updatedAt),
    status: STATUS,
    app_type: 'apig',
    roma_app_type: '',
  };
}
