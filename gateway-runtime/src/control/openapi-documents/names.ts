/** The name of an API for whose operation a document has none: `GET:/orders/(id)`, with a number where that is taken. */
export function madeUpName(method: string, path: string, isTaken: (name: string) => boolean): string {
  const shape = path.replace(/\{([^{}]*?)\+?\}/g, '($1)').replace(/[^\w./:()-]/g, '_');
  const name = `${method}:${shape}`.slice(0, MAX_LENGTH);
  if (!isTaken(name)) return name;
  for (let number = 2; ; number += 1) {
    const suffix = `-${number}`;
    const other = name.slice(0, MAX_LENGTH - suffix.length) + suffix;
    if (!isTaken(other)) return other;
  }
}

const MAX_LENGTH = 255;
