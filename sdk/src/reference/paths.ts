import { toSnakeCase } from '../fields.ts';

/**
 * A path as the API reference has it, for a template below the project's. An ID is named after its collection:
 * `instances/{gatewayId}` is `instances/{instance_id}`. A template that begins with a slash is of the whole path.
 */
export function documentedPath(template: string): string {
  if (template.startsWith('/'))
    return template.replace(/\{(\w+)\}/g, (_, name: string) => `{${toSnakeCase(name)}}`);
  const segments = template.split('/').map((segment, index, all) => {
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name === undefined) return segment;
    const collection = all[index - 1]?.replaceAll('-', '_') ?? '';
    return collection.endsWith('s') ? `{${singular(collection)}_id}` : `{${toSnakeCase(name)}}`;
  });
  return ['/v2/{project_id}/apigw', ...segments].join('/');
}

/** The names of a documented path's parameters, in order. */
export function parametersOf(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
}

function singular(plural: string): string {
  return plural.endsWith('ies') ? `${plural.slice(0, -3)}y` : plural.slice(0, -1);
}
