/** For tests: commands of one referral, and what comes of them one after the other. */
import { decide, type ReferralCommand } from './command.ts';
import type { Performer, ReferralEvent, StepName } from './event.ts';
import type { Asker } from './pend.ts';
import { evolve, type Referral } from './referral.ts';

export const STEPS: StepName[] = ['DocumentReference', 'ServiceRequest', 'Task', 'Provenance'];
export const performer: Performer = {
  entryId: 'e1',
  npi: '1234567893',
  display: 'Ana Rivera, MD',
  nucc: '207RC0000X',
  network: 'in',
  rank: 1,
};

/** The clinician of these tests, who covers for nobody. */
export const CLINICIAN: Asker = { subject: 's', coversFor: [] };

type Recommend = Extract<ReferralCommand, { type: 'recommend' }>;

export const recommend = (recommendationId: string, orderVersion: string | null, more: Partial<Recommend> = {}): ReferralCommand => ({
  type: 'recommend',
  recommendationId,
  patientId: 'p1',
  order: { type: 'ServiceRequest', id: 'o1' },
  orderVersion,
  specialty: 'cardiology',
  urgency: 'routine',
  kind: 'consult',
  service: 'visit',
  replaces: null,
  insteadOf: null,
  asker: CLINICIAN,
  noneInNetworkWithinMiles: null,
  ...more,
});

export const approve = (
  recommendationId: string,
  orderVersion: string | null,
  planId: string,
  asker = CLINICIAN,
  alternates: Performer[] = [],
): ReferralCommand => ({
  type: 'approve',
  asker,
  approvalId: `a-${planId}`,
  planId,
  recommendationId,
  orderVersion,
  contentHash: 'c0ffee',
  performer,
  alternates,
  setting: null,
  overrideReason: null,
  rung: 1,
  steps: STEPS,
  leftOut: [],
});

/** Runs commands one after the other, as the server does; refused ones change nothing. */
export function play(commands: ReferralCommand[]): { referral: Referral | undefined; events: ReferralEvent[]; refusals: string[] } {
  let referral: Referral | undefined;
  const events: ReferralEvent[] = [];
  const refusals: string[] = [];
  for (const command of commands) {
    const decided = decide(referral, command);
    if (!decided.ok) {
      refusals.push(decided.refusal.kind);
      continue;
    }
    for (const fact of decided.value) {
      const at = `2026-11-20T10:00:${String(events.length % 60).padStart(2, '0')}.000Z`;
      const event: ReferralEvent = {
        sequence: events.length + 1,
        effectiveAt: at,
        recordedAt: at,
        factKey: null,
        actor: { kind: 'person', subject: 's', fhirUser: 'Practitioner/s', sessionId: 'x' },
        fact,
      };
      events.push(event);
      referral = evolve('r1', referral, event);
    }
  }
  return { referral, events, refusals };
}
