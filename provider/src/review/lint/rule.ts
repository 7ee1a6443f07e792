import type { ConfiguredObject } from '../behaviour/configuration.ts';
import type { View } from '../behaviour/view.ts';
import type { Finding } from '../model.ts';

/** One thing that is looked for in a planned configuration. */
export interface Rule {
  /** What settings and outputs name it by. */
  readonly name: string;
  readonly severity: Finding['severity'];
  /** What it looks for, in one sentence. */
  readonly title: string;
  check(view: View): readonly Remark[];
}

/** Something that a rule has found. */
export interface Remark {
  readonly message: string;
  /** What it is about. */
  readonly object: ConfiguredObject;
}

/** Name of an object, with what it is. */
export function titled(title: string, { body, id }: ConfiguredObject): string {
  const { name } = body;
  return `${title} ${typeof name === 'string' ? name : id}`;
}
