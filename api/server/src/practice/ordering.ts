/** From the recommendation to the order in the chart. */

import {
  DISMISSED_SHARE,
  FORGOTTEN_SHARE,
  KINDS,
  NEVER_SIGNED_SHARE,
  ORDER_CHANGED_SHARE,
  ORDERED_OUT_REASONS,
  ORDERED_OUT_SHARE,
  PENDED_SHARE,
  SUPERSEDED_SHARE,
  UNSIGNED_SHARE,
  WITHDRAWN_SHARE,
} from '@refloop/domain/practice/rates';
import type { StepName } from '@refloop/domain/referral/event';
import type { Asker } from '@refloop/domain/referral/pend';
import { type Asked, askedOf, at, type Course, chooseOffice, DAY, HOUR, minutes, outOfNetwork, type Walk, working } from './course.ts';
import { milesBetween } from './practice.ts';

/** This EHR takes no Provenance from an app. */
const STEPS: StepName[] = ['DocumentReference', 'ServiceRequest', 'Task'];
const LEFT_OUT = [{ step: 'Provenance', why: 'The EHR takes none from an app.' }];
const NOTHING_FOUND_MILES = 100;

type Draft = { recommendation: number; orderVersion: number };

/** @returns who was asked, once the order reads active; undefined where it never does */
export function* ordering(course: Course): Walk<Asked | undefined> {
  const { draws, record, clinician } = course;
  const asked = draws.chance(ORDERED_OUT_SHARE)
    ? askedOf(course, outOfNetwork(course))
    : askedOf(course, chooseOffice(course) ?? outOfNetwork(course));
  const asker: Asker = { subject: clinician.subject, coversFor: [] };
  const draft: Draft = { recommendation: 0, orderVersion: 1 };
  const pended = draws.chance(PENDED_SHARE);
  recommend(course, draft, asked, pended);
  if (pended) yield* pend(course, draft);
  else if (draws.chance(SUPERSEDED_SHARE)) {
    yield record.now() + minutes(draws.logNormal(2, 0.6));
    recommend(course, draft, asked, false);
  }
  const dismissed = draws.chance(DISMISSED_SHARE);
  const forgotten = draws.chance(FORGOTTEN_SHARE);
  if (dismissed || forgotten) {
    yield forgotten ? record.now() + draws.integer(14, 45) * DAY : record.now() + minutes(draws.logNormal(5, 0.8));
    record.ask({ type: 'dismiss', asker, recommendationId: idOf(course, draft), reason: 'Not needed after all.' }, clinician.actor);
    return undefined;
  }
  yield record.now() + minutes(draws.logNormal(3, 0.7));
  approve(course, draft, asked);
  if (draws.chance(WITHDRAWN_SHARE)) {
    record.moveTo(record.now() + minutes(0.2));
    record.ask({ type: 'withdraw', planId: planOf(course, draft), reason: 'Pressed too early.' }, clinician.actor);
    return undefined;
  }
  if (draws.chance(ORDER_CHANGED_SHARE)) {
    changedMeanwhile(course, draft);
    yield record.now() + minutes(draws.logNormal(6, 0.6));
    draft.orderVersion += 1;
    recommend(course, draft, asked, false);
    yield record.now() + minutes(draws.logNormal(2, 0.6));
    approve(course, draft, asked);
  }
  return (yield* written(course, draft)) ? asked : undefined;
}

const idOf = ({ record }: Course, { recommendation }: Draft): string => `${record.id}-r${recommendation}`;
const planOf = (course: Course, draft: Draft): string => `${idOf(course, draft)}-plan`;

function recommend(course: Course, draft: Draft, { office }: Asked, byPreparer: boolean): void {
  const { record, draws, patient, clinician, specialty, urgency, service } = course;
  const replaces = draft.recommendation === 0 ? null : idOf(course, draft);
  draft.recommendation += 1;
  const { preparer } = clinician.clinic;
  const subject = byPreparer && preparer.kind === 'person' ? preparer.subject : clinician.subject;
  record.ask(
    {
      type: 'recommend',
      recommendationId: idOf(course, draft),
      patientId: patient.id,
      order: { type: 'ServiceRequest', id: `${record.id}-order` },
      orderVersion: String(draft.orderVersion),
      specialty,
      urgency,
      kind: draws.weighted(KINDS),
      service,
      replaces,
      insteadOf: null,
      asker: { subject, coversFor: [] },
      noneInNetworkWithinMiles: office.network === 'out' && draws.chance(0.1) ? NOTHING_FOUND_MILES : null,
    },
    byPreparer ? preparer : clinician.actor,
  );
}

function* pend(course: Course, draft: Draft): Walk {
  const { record, draws, clinician } = course;
  const { preparer } = clinician.clinic;
  if (preparer.kind !== 'person') return;
  yield record.now() + minutes(draws.logNormal(6, 0.5));
  const since = at(course);
  const recommendationId = idOf(course, draft);
  record.ask({ type: 'pend', recommendationId, preparedBy: preparer.subject, for: clinician.subject, note: '', since }, preparer);
  yield working(course, { median: 3, sigma: 1 });
}

function approve(course: Course, draft: Draft, { performer, position }: Asked): void {
  const { record, draws, patient, clinician } = course;
  const out = performer.network !== 'in';
  record.ask(
    {
      type: 'approve',
      asker: { subject: clinician.subject, coversFor: [] },
      approvalId: `${planOf(course, draft)}-approval`,
      planId: planOf(course, draft),
      recommendationId: idOf(course, draft),
      orderVersion: String(draft.orderVersion),
      contentHash: 'simulated',
      performer,
      alternates: [],
      setting: {
        clinic: clinician.clinic.name,
        payer: patient.payer.name,
        zip3: patient.zip3,
        miles: milesBetween(position, patient.position),
        language: patient.language,
      },
      overrideReason: out ? { code: draws.weighted(ORDERED_OUT_REASONS), text: '' } : null,
      rung: 1,
      steps: STEPS,
      leftOut: LEFT_OUT,
    },
    clinician.actor,
  );
}

function changedMeanwhile(course: Course, draft: Draft): void {
  const { record, clinician } = course;
  const planId = planOf(course, draft);
  record.moveTo(record.now() + 1500);
  record.ask({ type: 'attempt-step', planId, step: 'ServiceRequest' }, clinician.actor);
  record.moveTo(record.now() + 400);
  const outcome = { status: 'stale', detail: 'The order was changed in the chart meanwhile.' } as const;
  record.ask({ type: 'settle-step', planId, step: 'ServiceRequest', outcome }, clinician.actor);
}

/** Every write-back is carried out within seconds; nothing of it is left for anybody to look up. */
function* written(course: Course, draft: Draft): Walk<boolean> {
  const { record, draws, clinician } = course;
  const planId = planOf(course, draft);
  const unsigned = draws.chance(UNSIGNED_SHARE);
  for (const step of STEPS) {
    record.moveTo(record.now() + draws.integer(200, 1500));
    record.ask({ type: 'attempt-step', planId, step }, clinician.actor);
    record.moveTo(record.now() + draws.integer(200, 900));
    const reference = step === 'ServiceRequest' ? `ServiceRequest/${record.id}-order` : `${step}/${record.id}-${draft.recommendation}`;
    const done = { status: 'done', reference, versionId: '1' } as const;
    const orderStatus = unsigned ? 'draft' : 'active';
    record.ask(
      { type: 'settle-step', planId, step, outcome: step === 'ServiceRequest' ? { ...done, orderStatus } : done },
      clinician.actor,
    );
  }
  if (!unsigned) return true;
  if (draws.chance(NEVER_SIGNED_SHARE)) {
    yield record.now() + draws.integer(30, 60) * DAY;
    record.seeOrder('revoked');
    return false;
  }
  yield working(course, { median: 5, sigma: 1 });
  record.seeOrder('active');
  yield record.now() + HOUR / 4;
  return true;
}
