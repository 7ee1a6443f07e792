import type { Json } from '@apig/sdk/contract';
import { FIELD, OWN_FIELD } from './extension-fields.ts';
import type { SourceDocument } from './read-document.ts';
import { invalid, isObject, own, textAt, wordAt } from './values.ts';

/*
 * Who may call an API: `auth_type` and the frontend authorizer of a request, and the security schemes that an operation
 * requires. A custom authorizer is a scheme too; one beside APP or IAM is a second factor, so both stand in one requirement.
 * Source: user guide, "Extended Definition", x-apigateway-auth-type; the type AUTHORIZER is ours.
 */

const TYPES = { AppSigv1: 'APP', IAM: 'IAM', AUTHORIZER: 'AUTHORIZER' } as const;

/** The schemes that files usually have, and those of custom authorizers, by their names. */
const SCHEMES: Readonly<Record<'APP' | 'IAM', readonly [name: string, scheme: Json]>> = {
  APP: ['apig-auth-app', apiKey('Authorization', 'AppSigv1')],
  IAM: ['apig-auth-iam', apiKey('unused', 'IAM')],
};

/** The fields of a request for who may call an operation. @throws valueInvalid for schemes that a gateway does not check */
export function readSecurity(operation: Json, document: SourceDocument): Json {
  const requirements = own(operation, 'security') ?? own(document.root, 'security') ?? [];
  if (!Array.isArray(requirements)) throw invalid('security', 'expected a list');
  if (requirements.length > 1) throw invalid('security', 'expected one requirement');
  const [requirement = {}] = requirements as readonly unknown[];
  if (!isObject(requirement)) throw invalid('security', 'expected a list of objects');
  const schemes = Object.keys(requirement).map((name) => readScheme(name, document));
  const proper = schemes.filter(({ type }) => type !== 'AUTHORIZER');
  const custom = schemes.filter(({ type }) => type === 'AUTHORIZER');
  if (proper.length > 1 || custom.length > 1) {
    throw invalid('security', 'expected at most one scheme of APP or IAM, and one authorizer');
  }
  const authorizer = custom[0]?.authorizer;
  return {
    auth_type: (proper[0] ?? custom[0])?.type ?? 'NONE',
    ...(authorizer !== undefined && { authorizer_name: authorizer }),
  };
}

/** What an operation requires, and the schemes for it by their names. */
export function writeSecurity({ auth_type: type, authorizer_name: authorizer }: Json): {
  readonly security: Json;
  readonly schemes: Json;
} {
  const named = type === 'APP' || type === 'IAM' ? [SCHEMES[type]] : [];
  const custom =
    typeof authorizer === 'string'
      ? [
          [
            `apig-auth-custom-${authorizer}`,
            { ...apiKey('unused', 'AUTHORIZER'), [OWN_FIELD.authorizer]: authorizer },
          ] as const,
        ]
      : [];
  const schemes = Object.fromEntries([...named, ...custom]);
  const requirement = Object.fromEntries(Object.keys(schemes).map((name) => [name, []]));
  return { security: Object.keys(schemes).length === 0 ? {} : { security: [requirement] }, schemes };
}

function readScheme(
  name: string,
  { root, version, resolve }: SourceDocument,
): { readonly type: 'APP' | 'IAM' | 'AUTHORIZER'; readonly authorizer: string | undefined } {
  const holder = version === '2.0' ? root : own(root, 'components');
  const all = isObject(holder)
    ? own(holder, version === '2.0' ? 'securityDefinitions' : 'securitySchemes')
    : {};
  const scheme = resolve(isObject(all) ? own(all, name) : undefined);
  const field = `security.${name}`;
  if (!isObject(scheme)) throw invalid(field, 'expected the name of a scheme of the document');
  if (scheme['type'] !== 'apiKey' || scheme['in'] !== 'header')
    throw invalid(field, 'expected an API key in a header');
  const type = wordAt(scheme, FIELD.authType, TYPES);
  if (type === undefined)
    throw invalid(`${field}.${FIELD.authType}`, `expected one of ${Object.keys(TYPES).join(', ')}`);
  const authorizer = type === 'AUTHORIZER' ? textAt(scheme, OWN_FIELD.authorizer) : undefined;
  if (type === 'AUTHORIZER' && authorizer === undefined) {
    throw invalid(`${field}.${OWN_FIELD.authorizer}`, 'expected the name of an authorizer');
  }
  return { type, authorizer };
}

function apiKey(name: string, type: keyof typeof TYPES): Json {
  return { type: 'apiKey', name, in: 'header', [FIELD.authType]: type };
}
