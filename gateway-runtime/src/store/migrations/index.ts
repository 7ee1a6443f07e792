import type { Migration } from 'kysely/migration';
import { up as objects } from './0001-objects.ts';

/** Every step of the schema, by name; names sort in the order of the steps and never change. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-objects': { up: objects },
};
