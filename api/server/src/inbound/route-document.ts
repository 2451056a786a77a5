/** Whose a document is and which referral it answers; where that is not certain, why a person decides. */
import { blocksOf } from '@refloop/domain/patient-match/blocks';
import { compareIdentities } from '@refloop/domain/patient-match/compare';
import { answeredReferral, type ReferralCandidate, referralCandidates } from '@refloop/domain/patient-match/find-referral';
import { comparedIdentity, type Identity } from '@refloop/domain/patient-match/identity';
import {
  type Candidate,
  type ComparedCandidate,
  matchPatient,
  type PatientMatch,
  THRESHOLDS,
} from '@refloop/domain/patient-match/match-patient';
import { WEIGHTS } from '@refloop/domain/patient-match/weights';
import type { Referral } from '@refloop/domain/referral/referral';
import type { HeldReason } from '../client/inbound.ts';
import type { StoredIdentity } from '../store/patient-identities.ts';
import type { Unit } from '../store/store.ts';
import type { Header, ReadDocument } from './read-document.ts';

/** Charts that one document is compared with at most; those that share a word with it beyond that are too many to tell apart by it. */
const MOST_CHARTS = 300;

export type Routed = { kind: 'placed'; patientId: string; referral: ReferralCandidate } | { kind: 'held'; why: HeldReason };

const namesSomebody = ({ family, born, recordNumbers }: Identity): boolean => family !== '' || born !== '' || recordNumbers.length > 0;

export async function chartsLike(unit: Unit, said: Identity): Promise<StoredIdentity[]> {
  return unit.patientIdentities.sharing(blocksOf(comparedIdentity(said)), MOST_CHARTS);
}

/** Of each chart that was merged the one it was merged into, as far as these charts say. */
export const replacedBy = (charts: readonly StoredIdentity[]): ReadonlyMap<string, string> =>
  new Map(charts.flatMap((chart) => (chart.replacedBy === null ? [] : [[chart.patientId, chart.replacedBy] as const])));

export function matchAmong(said: Identity, charts: readonly StoredIdentity[]): PatientMatch {
  const candidates: Candidate[] = charts.map(({ patientId, identity }) => ({ patientId, identity }));
  return matchPatient(said, candidates, { weights: WEIGHTS, thresholds: THRESHOLDS, replacedBy: replacedBy(charts) });
}

/** How what a document says and one chart agree, however little that is. */
export function compareWith(said: Identity, { patientId, identity }: StoredIdentity): ComparedCandidate | undefined {
  const whatever = { accept: Number.POSITIVE_INFINITY, review: Number.NEGATIVE_INFINITY };
  const match = matchPatient(said, [{ patientId, identity }], { weights: WEIGHTS, thresholds: whatever, replacedBy: new Map() });
  return match.kind === 'accepted' ? match.compared : match.kind === 'review' ? match.candidates[0] : undefined;
}

/** Of the patient and of the charts that were merged into theirs. */
export async function referralsOf(unit: Unit, patientId: string, charts: readonly StoredIdentity[]): Promise<Referral[]> {
  const ids = new Set([patientId, ...charts.filter((chart) => chart.replacedBy === patientId).map((chart) => chart.patientId)]);
  const referrals: Referral[] = [];
  for (const id of ids) for (const row of await unit.referrals.listByPatient(id)) referrals.push(row.state as Referral);
  return referrals;
}

export const candidatesFor = async (
  unit: Unit,
  header: Header,
  patientId: string,
  charts: readonly StoredIdentity[],
): Promise<ReferralCandidate[]> => referralCandidates(header, await referralsOf(unit, patientId, charts));

export async function routeDocument(unit: Unit, document: ReadDocument): Promise<Routed> {
  if (document.kind === 'unreadable') return { kind: 'held', why: 'unreadable' };
  const { header, nature, several } = document;
  if (nature === 'own-referral' || nature === 'not-seen') return { kind: 'held', why: nature };
  if (several) return { kind: 'held', why: 'names-several' };
  if (!namesSomebody(header.patient)) return { kind: 'held', why: 'names-nobody' };
  const charts = await chartsLike(unit, header.patient);
  const match = matchAmong(header.patient, charts);
  if (match.kind === 'nobody') return { kind: 'held', why: 'patient-unknown' };
  if (match.kind === 'review') return { kind: 'held', why: 'patient-uncertain' };
  const candidates = await candidatesFor(unit, header, match.patientId, charts);
  if (candidates.every(({ isOver }) => isOver)) return { kind: 'held', why: 'no-open-referral' };
  const referral = answeredReferral(candidates);
  if (!referral) return { kind: 'held', why: 'referral-uncertain' };
  return nature === 'consult-note' ? { kind: 'placed', patientId: match.patientId, referral } : { kind: 'held', why: 'not-a-note' };
}

/** Whether a document names somebody else than this patient: what it leaves out says nothing against them. */
export function namesAnother(document: ReadDocument, chart: Identity): boolean {
  if (document.kind === 'unreadable') return false;
  const { family, given, born } = compareIdentities(comparedIdentity(document.header.patient), comparedIdentity(chart));
  return family === 'different' || given === 'different' || born === 'different' || born === 'year';
}
