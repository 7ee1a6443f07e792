import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Schema } from '../schema.ts';
import type { Seal } from '../seal.ts';
import { up as objects } from './0001-objects.ts';
import { upWith as sealedSecrets } from './0002-sealed-secrets.ts';
import { up as provenance } from './0003-provenance.ts';
import { up as checkpoints } from './0004-checkpoints.ts';
import { up as changesets } from './0005-changesets.ts';

/** The step before which a database holds secrets in clear. */
export const SEALING_STEP = '0002-sealed-secrets';

/** Every step of the schema, by name; names sort in the order of the steps and never change. */
export function migrationsWith(seal: Seal): Readonly<Record<string, Migration>> {
  return {
    '0001-objects': { up: objects },
    [SEALING_STEP]: { up: (database: Kysely<Schema>) => sealedSecrets(database, seal) },
    '0003-provenance': { up: provenance },
    '0004-checkpoints': { up: checkpoints },
    '0005-changesets': { up: changesets },
  };
}

/** The names of all steps. */
export const MIGRATION_NAMES: readonly string[] = [
  '0001-objects',
  SEALING_STEP,
  '0003-provenance',
  '0004-checkpoints',
  '0005-changesets',
];
