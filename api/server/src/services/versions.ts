/** What the service levels and the configuration of a site have in common: versions, each with who made it, and changes made one after another. */
import type { Made } from '../client/versions.ts';
import { problem, Refused } from '../problem.ts';
import type { Unit } from '../store/store.ts';
import type { VersionMade } from '../store/versions.ts';

/** Who made a version in words: the name that was kept with it, else of the grant, else the subject. */
export async function madeIn(unit: Unit): Promise<(made: VersionMade & { version: number }) => Made> {
  const names = new Map((await unit.grants.list()).map(({ subject, name }) => [subject, name]));
  return ({ version, madeBy, madeByName, madeAt, reason }) => ({
    version,
    madeAt,
    madeBy: madeByName ?? names.get(madeBy) ?? madeBy,
    reason,
  });
}

/** Throws the refusal where another version has come into force since this one was opened. */
export function refuseOtherBase(base: number, inForce: number): void {
  if (base === inForce) return;
  throw new Refused(
    problem(
      'conflict',
      `Version ${inForce} has come into force since this was opened. Nothing was kept. Look at it and make your change again.`,
    ),
  );
}

export const tooLate = (): Refused =>
  new Refused(problem('conflict', 'Somebody else was faster. Nothing was kept. Look at the version in force and make your change again.'));

export const nothingChanged = (): Refused =>
  new Refused(problem('unprocessable', 'Nothing in it is another than in the version in force. Nothing was kept.'));
