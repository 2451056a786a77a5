/** Whom a held document may be about: patients with a referral here, each beside what the document says. */
import { specialtyById } from '@refloop/domain/clinical/specialty';
import type { Agreement } from '@refloop/domain/patient-match/compare';
import { type ReferralCandidate, referralCandidates } from '@refloop/domain/patient-match/find-referral';
import { GUARDS } from '@refloop/domain/patient-match/guards';
import type { Identity } from '@refloop/domain/patient-match/identity';
import type { ComparedCandidate } from '@refloop/domain/patient-match/match-patient';
import type { Referral } from '@refloop/domain/referral/referral';
import type { ComparedField, FindPatients, PatientChoice, ReferralChoice } from '../client/inbound.ts';
import type { InboundContent } from '../inbound/inbound-content.ts';
import { nobody } from '../inbound/read-document.ts';
import { chartsLike, compareWith, matchAmong, referralsOf } from '../inbound/route-document.ts';
import type { StoredIdentity } from '../store/patient-identities.ts';
import type { Unit } from '../store/store.ts';
import { readReferral } from './referral-log.ts';

const MOST_PATIENTS = 5;
/** By a birth date more than that are told apart by a record number. */
const MOST_FOUND = 20;

const nameOf = ({ family, given, suffix }: Identity): string =>
  [[family, given.join(' ')].filter(Boolean).join(', '), suffix].filter(Boolean).join(' ');
const addressOf = ({ line, city, postalCode }: Identity): string => [line, city, postalCode].filter(Boolean).join(', ');

const AGREES: Readonly<Record<NonNullable<Agreement[keyof Agreement]>, ComparedField['agrees']>> = {
  same: 'yes',
  close: 'nearly',
  crossed: 'nearly',
  nickname: 'nearly',
  slip: 'nearly',
  initial: 'nearly',
  area: 'nearly',
  year: 'no',
  different: 'no',
};

/** The weaker of two decides. */
const ORDER: readonly ComparedField['agrees'][] = ['no', 'nearly', 'yes', 'not said'];
const weaker = (levels: readonly ComparedField['agrees'][]): ComparedField['agrees'] =>
  [...levels].sort((left, right) => ORDER.indexOf(left) - ORDER.indexOf(right))[0] ?? 'not said';

function fieldsOf(said: Identity, chart: Identity, compared: ComparedCandidate): ComparedField[] {
  const agrees = (field: keyof Agreement): ComparedField['agrees'] => {
    const level = compared.fields.find((each) => each.field === field)?.level;
    return level === undefined ? 'not said' : AGREES[level];
  };
  const number = compared.recordNumber;
  return [
    { field: 'name', said: nameOf(said), chart: nameOf(chart), agrees: weaker([agrees('family'), agrees('given')]) },
    { field: 'born', said: said.born, chart: chart.born, agrees: agrees('born') },
    { field: 'sex', said: said.sex, chart: chart.sex, agrees: agrees('sex') },
    { field: 'address', said: addressOf(said), chart: addressOf(chart), agrees: agrees('address') },
    { field: 'phone', said: said.phone, chart: chart.phone, agrees: agrees('phone') },
    {
      field: 'record number',
      said: said.recordNumbers.join(', '),
      chart: chart.recordNumbers.join(', '),
      agrees: number === null ? 'not said' : number === 'same' ? 'yes' : 'no',
    },
  ];
}

function comparedFields(said: Identity, chart: StoredIdentity): ComparedField[] {
  const compared = compareWith(said, chart);
  return compared ? fieldsOf(said, chart.identity, compared) : [];
}

/** What tells a person from others: a note that says another of these may be somebody else's. */
const IDENTIFYING: readonly ComparedField['field'][] = ['name', 'born', 'record number'];

const differsIn = (fields: readonly ComparedField[]): ComparedField['field'][] =>
  fields.filter(({ field, agrees }) => agrees === 'no' && IDENTIFYING.includes(field)).map(({ field }) => field);

/** In what the document differs from the chart of this patient, or of the one into whom they were merged. */
export async function differsFrom(unit: Unit, content: InboundContent, patientId: string): Promise<ComparedField['field'][]> {
  const chart = await unit.patientIdentities.get(patientId);
  const current = chart?.replacedBy ? await unit.patientIdentities.get(chart.replacedBy) : chart;
  return current ? differsIn(comparedFields(saidOf(content), current)) : [];
}

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

const saidOf = ({ reading }: InboundContent): Identity => (reading?.kind === 'read' ? reading.header.patient : nobody());

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
    const fields = comparedFields(saidOf(content), { patientId, ...chart });
    const choice: PatientChoice = {
      name: nameOf(chart.identity),
      fields,
      differs: differsIn(fields),
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
    const fields = fieldsOf(said, chart.identity, compared);
    const choice: PatientChoice = {
      name: nameOf(chart.identity),
      fields,
      differs: differsIn(fields),
      against: compared.against.map((guard) => GUARDS[guard]),
      linked: linked?.patientId === compared.patientId,
      referrals: await choicesOf(unit, content, compared.patientId, charts),
    };
    choices.push({ patientId: compared.patientId, choice });
  }
  if (linked && !choices.some(({ choice }) => choice.linked)) {
    const identity = ofLink?.identity;
    const fields = identity ? comparedFields(said, ofLink) : [];
    const choice: PatientChoice = {
      name: identity ? nameOf(identity) : 'The patient of the link',
      fields,
      differs: differsIn(fields),
      against: [],
      linked: true,
      referrals: await choicesOf(unit, content, linked.patientId, charts),
    };
    choices.push({ patientId: linked.patientId, choice });
  }
  return choices;
}
