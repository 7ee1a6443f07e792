import { fail } from '@apig/sdk/contract';
import type { Bodies, ConfigurationReader, Stored } from '../store/configuration.ts';
import type { Draft } from '../store/draft.ts';
import { hasUsableAddresses, variablesIn, withVariables, type VariableValues } from '../variables.ts';

/**
 * The values that an API's variables have in an environment; undefined when it uses none.
 *
 * @throws environmentVariableUnset for the first without a value; valueInvalid when an address is none with them.
 */
export function variablesFor(
  definition: Bodies['api'],
  environmentId: string,
  configuration: ConfigurationReader,
): VariableValues | undefined {
  const names = variablesIn(definition);
  if (names.length === 0) return undefined;
  const known = new Map(
    configuration
      .by('environmentVariable', 'groupId', definition.groupId)
      .filter(({ body }) => body.environmentId === environmentId)
      .map(({ body }) => [body.name, body.value]),
  );
  const values = names.map((name) => {
    const value = known.get(name);
    if (value === undefined) throw fail('environmentVariableUnset', { id: name });
    return [name, value] as const;
  });
  const variables = Object.fromEntries(values);
  assertUsable(withVariables(definition, variables), 'url_domain');
  return variables;
}

/**
 * Gives the published versions that use a variable its value.
 *
 * @throws valueInvalid when an address of one in force is none with it.
 */
export function applyVariable({ body }: Stored<'environmentVariable'>, draft: Draft): void {
  const { gatewayId, groupId, environmentId, name, value } = body;
  for (const { id, body: version } of draft.by('apiVersion', 'gatewayId', gatewayId)) {
    const { definition, variables } = version;
    if (version.environmentId !== environmentId || definition.groupId !== groupId) continue;
    if (variables === undefined || !Object.hasOwn(variables, name)) continue;
    const changed = { ...version, variables: { ...variables, [name]: value } };
    if (isInForce(id, version, draft)) {
      assertUsable(withVariables(definition, changed.variables), 'variable_value');
    }
    draft.put('apiVersion', id, changed);
  }
}

/** @throws valueInvalid when the values of variables made an address useless. */
export function assertUsable(definition: Bodies['api'], field: string): void {
  if (hasUsableAddresses(definition)) return;
  const reason = `expected variables with which the backend address of API ${definition.name} is host or host:port`;
  throw fail('valueInvalid', { reason, field });
}

function isInForce(id: string, { apiId }: Bodies['apiVersion'], draft: Draft): boolean {
  return draft.by('publication', 'apiId', apiId).some(({ body }) => body.versionId === id);
}
