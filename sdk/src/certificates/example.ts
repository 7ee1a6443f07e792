import { createSelfSignedCertificate, type KeyedCertificate } from './issue.ts';

let example: KeyedCertificate | undefined;

/** A certificate for examples, made when first asked for: a key in a source file would be nobody's secret. */
export function exampleCertificate(): KeyedCertificate {
  example ??= createSelfSignedCertificate(['orders.example.com'], Date.now());
  return example;
}
