/** For tests: state folders of their own, and one first start that several of them begin from. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyDatabase } from './postgres.ts';

/** A new folder under the system's temporary one. PostgreSQL, under its own user, reaches it: else the database would lie, and stay, elsewhere. */
export function temporaryState(prefix: string): string {
  const state = mkdtempSync(join(tmpdir(), prefix));
  chmodSync(state, 0o711);
  return state;
}

/** Makes a state folder out of one whose product is stopped: its database, and the key that belongs to it. */
export function copyState(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  copyDatabase(from, to);
  const key = join(from, 'sandbox-system-key.json');
  if (existsSync(key)) copyFileSync(key, join(to, 'sandbox-system-key.json'));
}
