import type { Json } from '@apig/sdk/contract';
import { compact, detailsField, detailsOf, withDetails } from './details.ts';
import type { SourceDocument } from './read-document.ts';
import { invalid, isObject, own, textAt, wordAt } from './values.ts';

/*
 * Parameters of calls: an entry of `req_params` of the request to create an API, and a parameter of OpenAPI.
 * Source: user guide, "Importing APIs" and "Exporting APIs".
 */

const TYPES = { string: 'STRING', number: 'NUMBER', integer: 'NUMBER' } as const;
const LOCATIONS = { path: 'PATH', query: 'QUERY', header: 'HEADER' } as const;

/** What makes a check of a parameter's value. */
const CHECKS = ['enumerations', 'min_num', 'max_num', 'min_size', 'max_size'];

/** The parameters of an operation: its own, and those of its path that it does not replace. Bodies are none. */
export function readParameters(
  shared: readonly unknown[],
  given: readonly unknown[],
  document: SourceDocument,
): readonly Json[] {
  const parameters = new Map<string, Json>();
  for (const each of [...shared, ...given]) {
    const parameter = document.resolve(each);
    if (!isObject(parameter)) throw invalid('parameters', 'expected a list of objects');
    const location = textAt(parameter, 'in') ?? '';
    // Bodies pass through a gateway as they are.
    if (location === 'body' || location === 'formData') continue;
    parameters.set(`${location} ${textAt(parameter, 'name') ?? ''}`, parameter);
  }
  return [...parameters.values()].map((parameter) => readParameter(parameter, document));
}

/** An OpenAPI parameter for an entry of `req_params`. */
export function writeParameter(part: Json, version: SourceDocument['version']): Json {
  const standard = standardOf(part, version);
  const readBack = readParameter(standard, { version, root: {}, resolve: (value) => value });
  return { ...standard, ...detailsField(detailsOf('api', ['req_params'], part, readBack)) };
}

function readParameter(parameter: Json, document: SourceDocument): Json {
  const name = textAt(parameter, 'name') ?? '';
  const location = wordAt(parameter, 'in', LOCATIONS);
  const schema = document.version === '2.0' ? parameter : document.resolve(parameter['schema']);
  if (!isObject(schema)) throw invalid(`parameters.${name}.schema`, 'expected a schema');
  const type = TYPES[own(schema, 'type') as keyof typeof TYPES] as
    (typeof TYPES)[keyof typeof TYPES] | undefined;
  if (type === undefined) throw invalid(`parameters.${name}.type`, 'expected string, number or integer');
  const bounds =
    type === 'NUMBER'
      ? { min_num: own(schema, 'minimum'), max_num: own(schema, 'maximum') }
      : { min_size: own(schema, 'minLength'), max_size: own(schema, 'maxLength') };
  const part = compact({
    name,
    location,
    type,
    required: own(parameter, 'required') === true ? 1 : 2,
    default_value: textOf(own(schema, 'default')),
    enumerations: enumerationsOf(own(schema, 'enum'), name),
    ...bounds,
    remark: textAt(parameter, 'description'),
  });
  const isChecked = CHECKS.some((check) => part[check] !== undefined);
  return withDetails({ ...part, ...(isChecked && { valid_enable: 1 }) }, parameter, ['name', 'location']);
}

function textOf(value: unknown): string | undefined {
  return ['string', 'number', 'boolean'].includes(typeof value)
    ? `${value as string | number | boolean}`
    : undefined;
}

function enumerationsOf(values: unknown, name: string): string | undefined {
  if (!Array.isArray(values)) return undefined;
  const texts = values.map((value: unknown) => String(value));
  // The list is written with commas between its values.
  if (texts.some((text) => text === '' || text.includes(',') || text.trim() !== text)) {
    throw invalid(`parameters.${name}.enum`, 'expected values without commas and blanks at the ends');
  }
  return texts.join(',');
}

function standardOf(part: Json, version: SourceDocument['version']): Json {
  const { name, location, type, required, remark } = part;
  const isNumber = type === 'NUMBER';
  const convert = (text: unknown) => (isNumber ? numberOf(text) : text);
  const listed = typeof part['enumerations'] === 'string' ? part['enumerations'].split(',').map(convert) : [];
  const isUsable = listed.length > 0 && !listed.includes(undefined) && new Set(listed).size === listed.length;
  const schema = compact({
    type: isNumber ? 'number' : 'string',
    default: part['default_value'] === undefined ? undefined : convert(part['default_value']),
    enum: isUsable ? listed : undefined,
    ...(isNumber
      ? { minimum: part['min_num'], maximum: part['max_num'] }
      : { minLength: part['min_size'], maxLength: part['max_size'] }),
  });
  return compact({
    name,
    in: String(location).toLowerCase(),
    required: required === 1,
    description: remark,
    ...(version === '2.0' ? schema : { schema }),
  });
}

/** The number that a text is, when nothing of the text is lost by it. */
function numberOf(text: unknown): number | undefined {
  const number = Number(text);
  return Number.isFinite(number) && String(number) === text ? number : undefined;
}
