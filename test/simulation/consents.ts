/** What each patient has said about text messages, as they themselves know it: by this it is judged whether one may leave. */
import type { Scope } from '@refloop/server/store/store';

export type Consents = {
  /** Their word that they want them has come, for the first time; from then on it may be known. */
  asksFor: (scope: Scope, patientId: string) => void;
  /** They were told that they get no more: what they say after it counts, and what comes once more does not. */
  isStopped: (scope: Scope, patientId: string) => void;
  standing: (scope: Scope, patientId: string) => 'may-be-wanted' | 'never asked for one' | 'said STOP and was answered';
};

export function createConsents(): Consents {
  const standing = new Map<string, 'may-be-wanted' | 'said STOP and was answered'>();
  const nameOf = ({ tenant }: Scope, patientId: string): string => `${tenant} ${patientId}`;
  return {
    asksFor: (scope, patientId) => void standing.set(nameOf(scope, patientId), 'may-be-wanted'),
    isStopped: (scope, patientId) => void standing.set(nameOf(scope, patientId), 'said STOP and was answered'),
    standing: (scope, patientId) => standing.get(nameOf(scope, patientId)) ?? 'never asked for one',
  };
}
