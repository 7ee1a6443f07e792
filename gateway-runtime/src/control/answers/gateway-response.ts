import { DEFAULT_RESPONSE_BODY, GATEWAY_RESPONSE_TYPES, type Json } from '@apig/sdk/contract';
import type { Stored } from '../../store/configuration.ts';
import type { Answers } from '../kinds.ts';
import { toSeconds } from '../times.ts';
import { baseAnswer } from './base.ts';

/** Source: API reference, "Creating a Gateway Response" and "Querying Gateway Responses". */
export const gatewayResponseAnswers: Answers<'gatewayResponse'> = {
  item: (response) => ({
    ...baseAnswer(response),
    update_time: toSeconds(response.updatedAt),
    responses: responsesOf(response),
  }),
};

/** Every type of a response with its answer; of types that nobody set, the usual one. */
export function responsesOf(response: Stored<'gatewayResponse'>): Readonly<Record<string, Json>> {
  const set = baseAnswer(response)['responses'] as Readonly<Record<string, Json>>;
  return Object.fromEntries(
    Object.values(GATEWAY_RESPONSE_TYPES).map(({ type, status }) => {
      const given = set[type];
      const usual = { ...(status !== undefined && { status }), body: DEFAULT_RESPONSE_BODY };
      return [type, given === undefined ? { ...usual, default: true } : { ...given, default: false }];
    }),
  );
}
