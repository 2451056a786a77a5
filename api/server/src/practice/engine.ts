/**
 * The engine of the product over one simulated practice, in memory: the same pure steps (services/engine/reactions.ts, the policy, the words to
 * the patient) at the moments at which the product's clock would take them. Nothing here decides anything of its own.
 */
import type { Instant } from '@refloop/domain/instant';
import type { Actor, Happening } from '@refloop/domain/referral/event';
import type { Referral } from '@refloop/domain/referral/referral';
import { defaultPolicy, type SlaPolicy } from '@refloop/domain/sla/policy';
import type { StaffPerson } from '@refloop/domain/sla/staff';
import { engineActor, isEngaged, lookThrough } from '../services/engine/reactions.ts';
import type { Practice } from './practice.ts';

export type PracticeEngine = {
  policy: SlaPolicy;
  staff: readonly StaffPerson[];
  actor: Actor;
  /** What follows by itself, and when to look again though nothing is heard; nothing of either before the order is in force. */
  look: (referral: Referral, now: Instant) => { reactions: Happening[]; next: Instant | undefined };
};

const withRole = (subjects: readonly string[], role: StaffPerson['roles'][number]): StaffPerson[] =>
  subjects.map((subject) => ({ subject, roles: [role], substitute: null }));

/** Nobody is ever away: who stands in for whom is the product's to try, and would only rename who was told. */
export function engineOf({
  time,
  clinics,
  clinicians,
  leads,
}: Pick<Practice, 'time' | 'clinics' | 'clinicians' | 'leads'>): PracticeEngine {
  const policy = defaultPolicy(time.calendar);
  const staff = [
    ...withRole(
      clinics.map(({ coordinatorSubject }) => coordinatorSubject),
      'coordinator',
    ),
    ...withRole(leads, 'lead'),
    ...withRole(
      clinicians.map(({ subject }) => subject),
      'clinician',
    ),
  ];
  return {
    policy,
    staff,
    actor: engineActor(policy),
    look: (referral, now) => (isEngaged(referral) ? lookThrough(referral, policy, staff, now) : { reactions: [], next: undefined }),
  };
}
