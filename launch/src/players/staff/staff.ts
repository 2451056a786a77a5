/** The practice's own people, played: a coordinator who works on the worklist, and the clinicians whose notes came back. */
import { findUser } from '../../auth/users.ts';
import type { Part } from '../players.ts';
import type { Telephone } from '../telephone.ts';
import { type Clinician, workAsClinicians } from './clinician.ts';
import { createCoordinator } from './coordinator.ts';
import type { Ask } from './staff-session.ts';

const COORDINATOR = 'coordinator';

export type StaffOptions = {
  /** Who asks Refloop as this user of the sandbox. */
  signedIn: (user: string) => Ask;
  telephone: Telephone;
};

export function createStaff({ signedIn, telephone }: StaffOptions): Part {
  const coordinate = createCoordinator({ ask: signedIn(COORDINATOR), name: findUser(COORDINATOR)?.name ?? '', telephone });
  const clinicians = new Map<string, Clinician>();
  const done = new Set<string>();
  const clinicianOf = (subject: string): Clinician | undefined => {
    const user = findUser(subject);
    if (user?.role !== 'clinician') return undefined;
    const known = clinicians.get(subject) ?? { ask: signedIn(subject), name: user.name };
    clinicians.set(subject, known);
    return known;
  };
  return async (seed, now) => {
    const { played, worklist } = await coordinate(seed, now);
    return worklist ? [...played, ...(await workAsClinicians(worklist, clinicianOf, done, seed, now))] : played;
  };
}
