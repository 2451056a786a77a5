/** For tests: state folders of their own, and one first start that several of them begin from. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyDatabase } from './postgres.ts';
import { SANDBOX_KEYS } from './sandbox-keys.ts';

/** A new folder under the system's temporary one. PostgreSQL, under its own user, reaches it: else the database would lie, and stay, elsewhere. */
export function temporaryState(prefix: string): string {
  const state = mkdtempSync(join(tmpdir(), prefix));
  chmodSync(state, 0o711);
  return state;
}

/** Makes a state folder out of one whose product is stopped: its database, and the keys that belong to it. */
export function copyState(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  copyDatabase(from, to);
  for (const name of Object.values(SANDBOX_KEYS)) {
    const key = join(from, name);
    if (existsSync(key)) copyFileSync(key, join(to, name));
  }
}
