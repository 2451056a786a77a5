/** Who wrote a version of a resource. What was loaded with the charts was written by nobody here. */
import type { AccessContext } from './access.ts';

export type Writer =
  /** Somebody in an app. `user` is a relative reference. */
  | { kind: 'app'; client: string; user: string }
  /** A backend service, for nobody. */
  | { kind: 'service'; client: string }
  /** Somebody in the EHR itself. */
  | { kind: 'user'; user: string };

export const writerOf = ({ clientId, fhirUser }: Pick<AccessContext, 'clientId' | 'fhirUser'>): Writer =>
  fhirUser === '' ? { kind: 'service', client: clientId } : { kind: 'app', client: clientId, user: fhirUser };

/** Who wrote the current version, and when (an instant). */
export type LastWriting = { writer: Writer; at: string };
