import type { ResourceValidationPolicy } from '@pulumi/policy';
import { CREDENTIAL } from '../credential-names.ts';
import { isKind, known } from './declared.ts';

/**
 * Arguments that are secrets are kept as secrets by the provider itself. What remains are credentials in places where the
 * service shows them to every reader: constants that are sent to backends, and the text that configures a plug-in.
 */
export const noSecretInClear: ResourceValidationPolicy = {
  name: 'apig-no-secret-in-clear',
  description: 'No credentials where the service shows them: constants for backends, contents of plug-ins.',
  enforcementLevel: 'mandatory',
  validateResource: ({ type, props }, report) => {
    if (isKind('api', type)) {
      const policies = ['httpPolicies', 'functionPolicies', 'mockPolicies'].flatMap((list) =>
        itemsOf(known(props, list)),
      );
      for (const owner of [props, ...policies]) {
        for (const name of constantsOf(known(owner, 'backendParameters'))) {
          if (CREDENTIAL.test(name))
            report(
              `backendParameters: the constant ${name} looks like a credential; sign requests to the backend with a signature key`,
            );
        }
      }
    }
    if (isKind('plugin', type)) {
      for (const path of credentialsIn(known(props, 'content'))) {
        report(`content: ${path} looks like a credential, and plug-ins show their content to every reader`);
      }
    }
  },
};

function constantsOf(parameters: unknown): readonly string[] {
  return itemsOf(parameters)
    .filter((parameter) => known(parameter, 'origin') === 'CONSTANT')
    .map((parameter) => String(known(parameter, 'name')));
}

function itemsOf(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
}

/** Paths in a JSON text at which a text stands whose name is that of a credential. */
function credentialsIn(content: unknown): readonly string[] {
  const found: string[] = [];
  const visit = (value: unknown, path: string) => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, item] of Object.entries(value)) {
      const below = path === '' ? name : `${path}.${name}`;
      if (typeof item === 'string' && item !== '' && CREDENTIAL.test(name)) found.push(below);
      visit(item, below);
    }
  };
  visit(parsed(content), '');
  return found;
}

function parsed(content: unknown): unknown {
  if (typeof content !== 'string') return content;
  try {
    return JSON.parse(content);
  } catch {
    // The provider says what is wrong with it.
    return undefined;
  }
}
