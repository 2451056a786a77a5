/** Who asks: the person of the session, and the patient it is bound to. */
import type { Actor } from '@refloop/domain/referral/event';
import type { Role } from '../client/session.ts';
import type { Scope } from '../store/store.ts';

export type Caller = {
  scope: Scope;
  subject: string;
  /** Relative reference, `Practitioner/123`. */
  fhirUser: string;
  name: string;
  /** SHA-256 of the session's token: names the session in the audit. */
  sessionId: string;
  patientId: string | null;
  roles: readonly Role[];
};

export const personOf = (caller: Caller): Actor => ({
  kind: 'person',
  subject: caller.subject,
  fhirUser: caller.fhirUser,
  sessionId: caller.sessionId,
});

/** What the services need from outside so that they stay replayable: the time and new ids. */
export type Clock = { now: () => string; newId: () => string };
