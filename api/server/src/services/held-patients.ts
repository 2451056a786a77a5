/** Whom a held document may be about: patients with a referral here, each beside what the document says. */
import { specialtyById } from '@refloop/domain/clinical/specialty';
import { type ReferralCandidate, referralCandidates } from '@refloop/domain/patient-match/find-referral';
import { GUARDS } from '@refloop/domain/patient-match/guards';
import type { Identity } from '@refloop/domain/patient-match/identity';
import type { Referral } from '@refloop/domain/referral/referral';
import type { FindPatients, PatientChoice, ReferralChoice } from '../client/inbound.ts';
import type { InboundContent } from '../inbound/inbound-content.ts';
import { nobody } from '../inbound/read-document.ts';
import { chartsLike, matchAmong, referralsOf } from '../inbound/route-document.ts';
import type { StoredIdentity } from '../store/patient-identities.ts';
import type { Unit } from '../store/store.ts';
import { comparedFields, fieldsOf, nameOf, saidOf } from './held-comparison.ts';
import { doubtsOf } from './held-doubts.ts';
import { readReferral } from './referral-log.ts';

const MOST_PATIENTS = 5;
/** By a birth date more than that are told apart by a record number. */
const MOST_FOUND = 20;

const choiceOf = (candidate: ReferralCandidate, specialtyName: string): ReferralChoice => ({
  referralId: candidate.referralId,
  attempt: candidate.attempt,
  specialist: candidate.specialist,
  specialtyName,
  approvedAt: candidate.approvedAt,
  writtenBy: candidate.writtenBy,
  date: candidate.date,
  named: candidate.order === 'same',
  isOver: candidate.isOver,
});

async function choicesOf(
  unit: Unit,
  content: InboundContent,
  patientId: string,
  charts: readonly StoredIdentity[],
): Promise<ReferralChoice[]> {
  const header = content.reading?.kind === 'read' ? content.reading.header : { npis: [], orders: [], date: '' };
  const referrals: Referral[] = await referralsOf(unit, patientId, charts);
  const names = new Map(referrals.map(({ id, specialty }) => [id, specialtyById(specialty)?.name ?? specialty]));
  return referralCandidates(header, referrals).map((candidate) => choiceOf(candidate, names.get(candidate.referralId) ?? ''));
}

/** A patient who is shown, and under which id that is put on record. */
export type Shown = { patientId: string; choice: PatientChoice };

/** Patients by what somebody who holds the document in hand knows of them, beside what the document says. */
export async function patientsBy(
  unit: Unit,
  content: InboundContent,
  { born, recordNumber }: FindPatients,
): Promise<{ shown: Shown[]; more: number }> {
  const asked: Identity = { ...nobody(), born, recordNumbers: recordNumber === '' ? [] : [recordNumber] };
  const like = await chartsLike(unit, asked);
  const charts = like.filter(({ replacedBy }) => replacedBy === null);
  const linked = content.link && (await readReferral(unit, content.link.referralId));
  const shown: Shown[] = [];
  for (const { patientId, ...chart } of charts.slice(0, MOST_FOUND)) {
    const choice: PatientChoice = {
      name: nameOf(chart.identity),
      fields: comparedFields(saidOf(content), { patientId, ...chart }),
      doubts: await doubtsOf(unit, content, patientId, like),
      against: [],
      linked: linked?.patientId === patientId,
      referrals: await choicesOf(unit, content, patientId, like),
    };
    shown.push({ patientId, choice });
  }
  return { shown, more: charts.length - shown.length };
}

/** Whoever may be meant, the likeliest first, and the patient by whose link it came. */
export async function patientsFor(unit: Unit, content: InboundContent): Promise<Shown[]> {
  const said = saidOf(content);
  const linked = content.link && (await readReferral(unit, content.link.referralId));
  const ofLink = linked && (await unit.patientIdentities.get(linked.patientId));
  const like = await chartsLike(unit, said);
  const charts = ofLink && !like.some(({ patientId }) => patientId === ofLink.patientId) ? [...like, ofLink] : like;
  const match = matchAmong(said, charts);
  const shown = match.kind === 'accepted' ? [match.compared] : match.kind === 'review' ? match.candidates.slice(0, MOST_PATIENTS) : [];
  const choices: Shown[] = [];
  for (const compared of shown) {
    const chart = charts.find(({ patientId }) => patientId === compared.patientId);
    if (!chart) continue;
    const choice: PatientChoice = {
      name: nameOf(chart.identity),
      fields: fieldsOf(said, chart.identity, compared),
      doubts: await doubtsOf(unit, content, compared.patientId, charts),
      against: compared.against.map((guard) => GUARDS[guard]),
      linked: linked?.patientId === compared.patientId,
      referrals: await choicesOf(unit, content, compared.patientId, charts),
    };
    choices.push({ patientId: compared.patientId, choice });
  }
  if (linked && !choices.some(({ choice }) => choice.linked)) {
    const identity = ofLink?.identity;
    const choice: PatientChoice = {
      name: identity ? nameOf(identity) : 'The patient of the link',
      fields: identity ? comparedFields(said, ofLink) : [],
      doubts: await doubtsOf(unit, content, linked.patientId, charts),
      against: [],
      linked: true,
      referrals: await choicesOf(unit, content, linked.patientId, charts),
    };
    choices.push({ patientId: linked.patientId, choice });
  }
  return choices;
}
