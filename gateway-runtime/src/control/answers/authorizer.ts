import type { Answers } from '../kinds.ts';
import { baseAnswer, byId, byText, byValue } from './base.ts';

/** Source: API reference, "Creating a Custom Authorizer" and "Querying Custom Authorizers". */
export const authorizerAnswers: Answers<'authorizer'> = {
  item: (authorizer) => ({
    authorizer_version: '',
    authorizer_alias_uri: '',
    user_data: '',
    ...baseAnswer(authorizer),
    ld_api_id: '',
    roma_app_id: '',
    roma_app_name: '',
  }),
  filters: {
    id: byId(),
    name: byText(({ body }) => body.name),
    type: byValue(({ body }) => body.type),
  },
};
