/** The session as routes and services see it: who is asking, from where, for which patient, with which roles. */
import type { AuditActor } from '@refloop/domain/audit/entry';
import type { Actor } from '@refloop/domain/referral/event';
import type { Role } from '../client/session.ts';
import type { Scope } from '../store/store.ts';

export type Session = {
  scope: Scope;
  subject: string;
  /** Relative reference, such as `Practitioner/123`. */
  fhirUser: string;
  name: string;
  /** As granted now, not as granted at sign-in. */
  roles: Role[];
  /** The patient proven at sign-in; null in a session opened without one. */
  patientId: string | null;
  /** SHA-256 of the token, hex: names the session in logs and in the audit. */
  sessionId: string;
  startedAt: string;
  lastActivity: string;
  expiresAt: string;
};

/** What is put on record is of the clock of the practice; what a session lives by is of the machine's own, which nobody moves. */
export type SessionTimes = { now: Date; machineTime: Date };

/** A session of a route that asks for a patient. */
export type PatientSession = Session & { patientId: string };

export const actorOf = (session: Session): AuditActor => ({
  subject: session.subject,
  fhirUser: session.fhirUser,
  sessionId: session.sessionId,
});

/** The same person as the actor of events; `coveringFor` is the subject of the clinician in whose place they act. */
export function personOf({ subject, fhirUser, sessionId }: Session, coveringFor: string | null = null): Actor {
  const person = { subject, fhirUser, sessionId };
  return coveringFor === null ? { kind: 'person', ...person } : { kind: 'covering', ...person, coveringFor };
}
