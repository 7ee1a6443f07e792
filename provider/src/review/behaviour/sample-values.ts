import type { Definition } from './view.ts';

/** A declared parameter of a request. */
export type Parameter = Definition['requestParameters'][number];

/** A value that passes the checks of a parameter. */
export function goodValue(parameter: Parameter): string {
  const { type, minNumber, maxNumber, minLength = 1, maxLength, enumerations, validated } = parameter;
  if (!validated)
    return parameter.sampleValue !== undefined && /^[\w-]+$/.test(parameter.sampleValue)
      ? parameter.sampleValue
      : type === 'NUMBER'
        ? '1'
        : 'sample';
  const [first] = enumerations ?? [];
  if (first !== undefined) return first;
  if (type === 'NUMBER')
    return String(minNumber ?? (maxNumber !== undefined && maxNumber < 1 ? maxNumber : 1));
  const length = Math.max(
    1,
    Math.min(Math.max(6, minLength), maxLength === undefined || maxLength === 0 ? 255 : maxLength),
  );
  return 'sample'.padEnd(length, 'x').slice(0, length);
}

/** Values at which the checks of a parameter begin and end to hold, and others that are none of its type. */
export function borderValues(parameter: Parameter): readonly string[] {
  const { type, minNumber, maxNumber, minLength, maxLength, enumerations, validated } = parameter;
  if (!validated) return [];
  const around = (value: number | undefined) => (value === undefined ? [] : [value - 1, value, value + 1]);
  const numbers =
    type === 'NUMBER' ? ['no-number', ...[...around(minNumber), ...around(maxNumber)].map(String)] : [];
  const lengths =
    type === 'STRING'
      ? [...around(minLength), ...around(maxLength)]
          .filter((length) => length > 0 && length <= 1000)
          .map((length) => 'x'.repeat(length))
      : [];
  return [
    ...new Set([...numbers, ...lengths, ...(enumerations ?? []), ...(enumerations ? ['not-listed'] : [])]),
  ];
}

/** Path of an API with values in it. */
export function filledPath(
  path: string,
  values: Readonly<Record<string, string>>,
  rest = 'rest/of/it',
): string {
  return path.replace(/\{([^{}+]+)(\+?)\}/g, (_, name: string, isRest: string) =>
    isRest === '+' ? rest : encodeURIComponent(values[name] ?? 'sample'),
  );
}
