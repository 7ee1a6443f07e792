import { parseDocument } from 'yaml';
import { ReviewError } from './plan.ts';

/** Reads YAML, of which JSON is a part. @throws ReviewError that names the line of what cannot be read */
export function readYaml(text: string, file: string): unknown {
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = error.linePos?.[0].line;
    throw new ReviewError(
      `${file}${line === undefined ? '' : `, line ${String(line)}`}: this is no YAML (${error.code}).`,
    );
  }
  try {
    // Few references to one value, so that a small file stays small.
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch {
    throw new ReviewError(`${file}: it refers to itself too often.`);
  }
}
