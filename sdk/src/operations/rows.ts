import type { JsonSchema } from '../fields.ts';
import type { Parameter } from './operation.ts';
import { code, filter, precise, text } from './schemas.ts';

/* What the lists of bindings have in common: they tell of APIs in environments. */

/** Fields of an API, in an environment, that is or could be bound. */
export const API_ROW: Readonly<Record<string, JsonSchema>> = {
  id: text('ID of the API.'),
  name: text('Name of the API.'),
  type: code([1, 2], '1: public; 2: private.'),
  req_method: text('Method that callers use.'),
  req_uri: text('Path that callers use.'),
  auth_type: text('Who may call.'),
  remark: text('Remark.'),
  group_id: text('ID of its group.'),
  group_name: text('Name of its group.'),
  publish_id: text('ID of the publication; empty when it is not published there.'),
  run_env_id: text('ID of the environment; empty when it is not published there.'),
  run_env_name: text('Name of the environment; empty when it is not published there.'),
};

/** Filters of lists of APIs in environments. */
export const PLACE_FILTERS: readonly Parameter[] = [
  filter('env_id', 'Only those in this environment.'),
  filter('env_name', 'Only those in environments with this in their names.'),
  filter('group_id', 'Only APIs of this group.'),
  filter('group_name', 'Only APIs of groups with this in their names.'),
  filter('api_id', 'Only this API.'),
  filter('api_name', 'Only APIs with this in their names.'),
  precise(['env_name', 'group_name', 'api_name']),
];

/** The filters without those that are given. */
export function placeFilters(...without: readonly string[]): readonly Parameter[] {
  return PLACE_FILTERS.filter(({ name }) => !without.includes(name));
}
