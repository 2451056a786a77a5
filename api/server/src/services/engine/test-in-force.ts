/** For tests: a referral whose order stands in the chart, and what happens to it then, through the log as the services write it. */
import type { Urgency } from '@refloop/domain/matching/request';
import { type AttemptCommand, type CareCommand, decideCare } from '@refloop/domain/referral/care-command';
import type { RerouteReason } from '@refloop/domain/referral/care-event';
import type { Actor, Performer } from '@refloop/domain/referral/event';
import { openProposal } from '@refloop/domain/referral/proposal';
import type { Referral } from '@refloop/domain/referral/referral';
import { approve, recommend } from '@refloop/domain/referral/test-play';
import type { Scope, Store, Unit } from '../../store/store.ts';
import { raiseUnfinishedWriteBack, settleWriteBack } from '../exceptions.ts';
import { applyCommand, applyDecision } from '../referral-log.ts';

export const CLINICIAN: Actor = { kind: 'person', subject: 's', fhirUser: 'Practitioner/s', sessionId: 'x' };
export const PATIENT = 'Rosa Example';

const later = (at: string, seconds: number): string => new Date(Date.parse(at) + seconds * 1000).toISOString();

async function asked(unit: Unit, id: string, at: string, command: Parameters<typeof applyCommand>[4]): Promise<void> {
  const applied = await applyCommand(unit, id, CLINICIAN, at, command);
  if (!applied.ok) throw new Error(applied.refusal.kind);
}

/** Approved at `at`, and in force three seconds later. */
export const putInForce = (
  store: Store,
  scope: Scope,
  id: string,
  at: string,
  urgency: Urgency = 'routine',
  patientId = 'p1',
  patientName = PATIENT,
  redFlag = false,
): Promise<void> =>
  store.transaction(scope, async (unit) => {
    const plan = `plan-${id}`;
    await asked(unit, id, at, recommend(`rec-${id}`, '3', { urgency, patientId }));
    await asked(unit, id, later(at, 1), approve(`rec-${id}`, '3', plan));
    await raiseUnfinishedWriteBack(unit, {
      planId: plan,
      referralId: id,
      specialtyName: 'Cardiology',
      patientName,
      performerName: 'Ana Rivera, MD',
      redFlag,
      subject: 's',
      now: new Date(at),
    });
    const outcome = { status: 'done', reference: 'ServiceRequest/o1', versionId: '4', orderStatus: 'active' } as const;
    await asked(unit, id, later(at, 3), { type: 'settle-step', planId: plan, step: 'ServiceRequest', outcome });
    await settleWriteBack(unit, plan, new Date(later(at, 3)));
  });

/** Proposed and approved: another one is asked. */
export async function asksAnother(unit: Unit, id: string, at: string, performer: Performer, because: RerouteReason): Promise<void> {
  const take = async (commandFor: (referral: Referral) => CareCommand): Promise<void> => {
    const applied = await applyDecision(unit, id, CLINICIAN, at, (referral) => decideCare(referral, commandFor(referral), at));
    if (!applied?.ok) throw new Error(applied?.refusal.kind ?? 'There is no such referral');
  };
  await take(() => ({ type: 'propose-performer', performer, because }));
  await take((referral) => ({ type: 'approve-performer', proposal: openProposal(referral)?.sequence ?? 0 }));
}

type WithoutAttempt<Each> = Each extends AttemptCommand ? Omit<Each, 'attempt' | 'at'> : never;

export const happens = (store: Store, scope: Scope, id: string, at: string, command: WithoutAttempt<AttemptCommand>): Promise<void> =>
  store.transaction(scope, async (unit) => {
    const applied = await applyDecision(unit, id, CLINICIAN, at, (referral) =>
      decideCare(referral, { ...command, attempt: referral.attempts.at(-1)?.number ?? 0, at } as AttemptCommand, at),
    );
    if (!applied?.ok) throw new Error(applied?.refusal.kind ?? 'There is no such referral');
  });
