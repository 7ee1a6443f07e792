import type { Json, Kind } from '@apig/sdk/contract';
import { exampleOf } from '../../sdk/src/reference/example.ts';
import { makeCertificate } from './certificates.ts';

const { certificate, key: privateKey } = await makeCertificate(['orders.example.com']);

/** The example of a kind in the reference, with what its reader brings. */
export function exampleInput(kind: Kind): Json {
  return exampleOf(kind, kind === 'certificate' ? { certificate, privateKey } : {});
}
