import { z } from 'zod';

/** Largest count or period the service takes. */
export const INT32_MAX = 2_147_483_647;

/** 3 to 64 letters, digits and underscores, starting with a letter. */
export const nameOfWord = (): z.ZodString =>
  pattern(/^[A-Za-z]\w{2,63}$/, '3 to 64 letters, digits and _, starting with a letter');

/** As `nameOfWord`, with `-` too. */
export const nameOfHyphenated = (): z.ZodString =>
  pattern(/^[A-Za-z][\w-]{2,63}$/, '3 to 64 letters, digits, _ and -, starting with a letter');

/** As `nameOfHyphenated`, with `.` too. */
export const nameOfDotted = (): z.ZodString =>
  pattern(/^[A-Za-z][\w.-]{2,63}$/, '3 to 64 letters, digits and _-., starting with a letter');

/** 3 to 255 letters, digits and `-_./:()`, starting with a letter or digit. */
export const nameOfTitle = (): z.ZodString =>
  pattern(
    /^[A-Za-z0-9][\w./:()-]{2,254}$/,
    '3 to 255 letters, digits and -_./:(), starting with a letter or digit',
  );

/** Name of a request or backend parameter: 1 to 32 letters, digits and `-_.`, starting with a letter. */
export const nameOfParameter = (): z.ZodString =>
  pattern(
    /^(?!x-stage$|x-apig-|x-sdk-)[A-Za-z][\w.-]{0,31}$/i,
    '1 to 32 letters, digits and -_., starting with a letter; not x-stage, x-apig-… or x-sdk-…',
  );

/** A text that must match a pattern; `expected` completes "expected …". */
export function pattern(regex: RegExp, expected: string): z.ZodString {
  return z.string().regex(regex, { message: `expected ${expected}` });
}

/** A free text of at most `max` characters that may be left out. */
export function remark(max = 255): z.ZodOptional<z.ZodString> {
  return z.string().max(max).optional();
}
