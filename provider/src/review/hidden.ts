/*
 * Secrets in a plan. Their values are taken out while the preview is read, and nothing later can show them. What is left
 * is a text: `[secret]` where Pulumi hides the value, and `[secret 1]`, `[secret 2]` and so on where it shows it; equal
 * values have equal numbers.
 */

/** Stands for a secret whose value nobody knows. */
export const HIDDEN = '[secret]';

/** Tells whether a value stands for a secret. */
export function isSecret(value: unknown): value is string {
  return typeof value === 'string' && /^\[secret(?: \d+)?\]$/.test(value);
}

/** The text for the secret with a number. */
export function secretText(number: number): string {
  return `[secret ${String(number)}]`;
}
