const FORM = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

// Many calls fall into one second, so the latest conversion of each direction is kept.
let writtenSecond = NaN;
let writtenText = '';
let readText = '';
let readMs: number | undefined;

/** Time as `X-Sdk-Date` has it, `YYYYMMDDTHHMMSSZ`; fractions of a second are cut off. */
export function formatSdkDate(timeMs: number): string {
  const second = Math.floor(timeMs / 1000);
  if (second !== writtenSecond) {
    writtenText = new Date(second * 1000).toISOString().replace(/\.\d+|[-:]/g, '');
    writtenSecond = second;
  }
  return writtenText;
}

/** Milliseconds since the epoch of an `X-Sdk-Date`, or undefined when it is not of that form or no date. */
export function parseSdkDate(text: string): number | undefined {
  if (text !== readText) {
    readMs = convert(text);
    readText = text;
  }
  return readMs;
}

function convert(text: string): number | undefined {
  const [, year, month, day, hour, minute, second] = FORM.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined) return undefined;
  const timeMs = Date.UTC(year, month - 1, day, hour, minute, second);
  // What is too large is carried over: 30 February becomes a day in March, and is written as such.
  const written = new Date(timeMs).toISOString().replace(/\.\d+|[-:]/g, '');
  return written === text ? timeMs : undefined;
}
