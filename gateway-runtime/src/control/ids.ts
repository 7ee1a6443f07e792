import { randomUUID } from 'node:crypto';

/** A new ID: 32 hex digits, as all objects have. */
export function newId(): string {
  return randomUUID().replaceAll('-', '');
}

/** An ID without the dashes with which some clients write it. Other texts stay as they are. */
export function withoutDashes(id: string): string {
  // Most are written as they are answered.
  if (!id.includes('-')) return id;
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)
    ? id.replaceAll('-', '').toLowerCase()
    : id;
}
