const FORM = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

let lastSecond = NaN;
let lastText = '';

/** Time as `X-Sdk-Date` has it, `YYYYMMDDTHHMMSSZ`. The text of the latest second is kept. */
export function formatSdkDate(timeMs: number): string {
  const second = Math.floor(timeMs / 1000);
  if (second !== lastSecond) {
    lastText = new Date(second * 1000).toISOString().replace(/\.\d+|[-:]/g, '');
    lastSecond = second;
  }
  return lastText;
}

/** Milliseconds since the epoch of an `X-Sdk-Date`, or undefined when it is not of that form or no date. */
export function parseSdkDate(text: string): number | undefined {
  const [, year, month, day, hour, minute, second] = FORM.exec(text) ?? [];
  if (second === undefined) return undefined;
  const timeMs = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  // Date.UTC carries over what is too large: 30 February would be a day in March.
  const date = new Date(timeMs);
  const isWhole =
    date.getUTCMonth() + 1 === Number(month) &&
    date.getUTCDate() === Number(day) &&
    date.getUTCHours() === Number(hour) &&
    date.getUTCMinutes() === Number(minute) &&
    date.getUTCSeconds() === Number(second);
  return isWhole ? timeMs : undefined;
}
