/** Where the program lies, and all that the process which reads documents from outside may read. Nothing of a patient or a key may lie there. */
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute, each with a separator at its end. */
export const PROGRAM_FOLDERS: readonly string[] = ['../../', '../../../node_modules/'].map((folder) =>
  fileURLToPath(new URL(folder, import.meta.url)),
);

/** @param path absolute, without `.` and `..` in it */
export const isInProgram = (path: string): boolean => PROGRAM_FOLDERS.some((folder) => `${path}${sep}`.startsWith(folder));
