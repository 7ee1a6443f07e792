import { descriptionOf, fromRequest, GATEWAY_RESPONSE_TYPES, type Json } from '@apig/sdk/contract';
import type { ConfigurationReader, Stored } from '../../store/configuration.ts';
import { responsesOf } from '../answers/gateway-response.ts';
import { param, type ControlCall, type ControlRoute } from '../call.ts';
import { collections } from '../collections.ts';
import type { ControlContext } from '../context.ts';
import { inside } from '../inside.ts';
import { notFound, required } from '../lookup.ts';
import { changeObject } from '../objects.ts';

const PATH = '{groupId}/gateway-responses/{responseId}/{type}';

/** One type of a response. Source: API reference, "Querying the Response of an Error Type" and the pages that follow it. */
export function gatewayResponseActions(context: ControlContext): readonly ControlRoute[] {
  const { read, change } = inside(context, 'api-groups');
  return [
    read(PATH, (call, { configuration }, gatewayId) => {
      const { response, type } = subjectOf(call, configuration, gatewayId);
      return { [type]: responsesOf(response)[type] };
    }),

    change('PUT', PATH, 200, (call, scope, gatewayId) => {
      const { response, type } = subjectOf(call, scope.draft, gatewayId);
      const given = { responses: { [type]: { ...call.body, default: false } } };
      const { responses } = fromRequest(descriptionOf('gatewayResponse'), given, {});
      const changes = { responses: { ...response.body.responses, ...(responses as Json) } };
      const changed = changeObject(collections.gatewayResponse, response, changes, scope);
      return { [type]: responsesOf(changed)[type] };
    }),

    change('DELETE', PATH, 204, (call, scope, gatewayId) => {
      const { response, name } = subjectOf(call, scope.draft, gatewayId);
      const changes = { responses: { ...response.body.responses, [name]: undefined } };
      changeObject(collections.gatewayResponse, response, changes, scope);
    }),
  ];
}

/** The response and the type that a path leads to. @throws the "does not exist" error of what is not there. */
function subjectOf(
  call: ControlCall,
  configuration: ConfigurationReader,
  gatewayId: string,
): { readonly response: Stored<'gatewayResponse'>; readonly type: string; readonly name: string } {
  const group = required(configuration, 'apiGroup', gatewayId, param(call, 'groupId'));
  const id = param(call, 'responseId');
  const response = required(configuration, 'gatewayResponse', gatewayId, id);
  if (response.body.groupId !== group.id) throw notFound('gatewayResponseNotFound', id);
  const type = param(call, 'type');
  const found = Object.entries(GATEWAY_RESPONSE_TYPES).find(([, each]) => each.type === type);
  if (found === undefined) throw notFound('gatewayResponseNotFound', type);
  return { response, type, name: found[0] };
}
