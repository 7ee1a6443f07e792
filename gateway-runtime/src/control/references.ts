import {
  controlErrors,
  referencesIn,
  type ControlErrorName,
  type Description,
  type Json,
} from '@apig/sdk/contract';
import { STORED_KINDS, type ConfigurationReader, type StoredKind } from '../store/configuration.ts';
import { notFound, required, requiredCertificate } from './lookup.ts';

/** Kinds of the cloud around the gateway. There is no such thing here, so any ID will do. */
const OUTSIDE: readonly string[] = ['vpc', 'subnet', 'securityGroup', 'eip'];

/** Checks that every object to which a value refers is there, in its gateway. @throws the "does not exist" error of the first that is not. */
export function assertReferences(
  description: Description,
  value: Json,
  configuration: ConfigurationReader,
): void {
  const gatewayId = String(value['gatewayId']);
  for (const { path, kind, id } of referencesIn(description.input, value)) {
    // A gateway that is no parent is looked for by the kind that names it: it must be the caller's.
    if (OUTSIDE.includes(kind) || kind === 'gateway' || description.parents.includes(String(path[0])))
      continue;
    if (kind === 'certificate') requiredCertificate(configuration, gatewayId, id);
    else if (isStored(kind)) required(configuration, kind, gatewayId, id);
    // A kind that is not offered has no objects.
    else throw notFound(missingError(kind), id);
  }
}

function isStored(kind: string): kind is Exclude<StoredKind, 'gateway' | 'certificate'> {
  return kind !== 'gateway' && (STORED_KINDS as readonly string[]).includes(kind);
}

function missingError(kind: string): ControlErrorName {
  const name = `${kind}NotFound`;
  if (!Object.hasOwn(controlErrors, name)) throw new Error(`no error says that a ${kind} is missing`);
  return name as ControlErrorName;
}
