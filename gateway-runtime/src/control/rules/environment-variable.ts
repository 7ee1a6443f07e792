import type { Rules } from '../kinds.ts';
import { applyVariable } from '../variables.ts';

/** Source: API reference, "Creating an Environment Variable" and "Modifying an Environment Variable". */
export const environmentVariableRules: Rules<'environmentVariable'> = {
  takes: ['value'],
  // What is published keeps the value of a variable that is deleted, until there is another one of that name.
  created: (variable, { draft }) => applyVariable(variable, draft),
  updated: (variable, { draft }) => applyVariable(variable, draft),
};
