/**
 * Whose a document is: decided by itself where that is certain enough, laid before a person where it may be, and nobody’s where nothing speaks
 * for anybody. Certain is a record number of the practice with its birth date; else the weight of all that agrees, above a threshold, with
 * nothing standing against it and nobody else as likely.
 */
import { type Agreement, compareIdentities } from './compare.ts';
import { type Guard, guardsAgainst } from './guards.ts';
import { type ComparedIdentity, comparedIdentity, type Identity } from './identity.ts';
import { chartInForce } from './merges.ts';
import { type FieldWeight, type Weights, weigh } from './weigh.ts';

/** In bits. At or above `accept` a pair is taken for the same person; below `review` it is not even shown. */
export type Thresholds = { accept: number; review: number };

/**
 * How many bits take the odds of one in so many patients to what is asked for: log2(patients) against the odds of meeting anybody, and
 * log2(1 / wrong) for the share of wrong ones that is still allowed; shown is what is one in a hundred likely or more. The model’s independence
 * makes the first number hopeful, which is why guards stand beside it.
 * @param patients how many the document may be of @param wrong such as 1e-6
 */
export const thresholdsFor = (patients: number, wrong: number): Thresholds => ({
  accept: Math.log2(patients) + Math.log2(1 / wrong),
  review: Math.log2(patients) - Math.log2(100),
});

/** A practice of a hundred thousand patients, and one wrong in a hundred thousand by the model. */
export const THRESHOLDS: Thresholds = thresholdsFor(100_000, 1e-5);

export type Candidate = { patientId: string; identity: Identity };

export type ComparedCandidate = {
  patientId: string;
  recordNumber: 'same' | 'different' | null;
  fields: FieldWeight[];
  total: number;
  against: Guard[];
};

export type PatientMatch =
  | { kind: 'accepted'; patientId: string; by: 'record-number' | 'weight'; compared: ComparedCandidate }
  /** The likeliest first. */
  | { kind: 'review'; candidates: ComparedCandidate[] }
  | { kind: 'nobody' };

type Judged = ComparedCandidate & { agreement: Agreement; accepted: 'record-number' | 'weight' | null; shown: boolean };

/** Different says little: offices have numbers of their own. */
function recordNumbers(left: ComparedIdentity, right: ComparedIdentity): ComparedCandidate['recordNumber'] {
  if (left.recordNumbers.length === 0 || right.recordNumbers.length === 0) return null;
  return left.recordNumbers.some((number) => right.recordNumbers.includes(number)) ? 'same' : 'different';
}

/** A number may be mistyped into a twin’s: the name must not say otherwise. */
const nameContradicts = ({ family, given }: Agreement): boolean => given === 'different' || family === 'different';

function judge(document: ComparedIdentity, candidate: Candidate, weights: Weights, thresholds: Thresholds): Judged {
  const chart = comparedIdentity(candidate.identity);
  const agreement = compareIdentities(document, chart);
  const recordNumber = recordNumbers(document, chart);
  const { total, fields } = weigh(agreement, weights);
  const against = guardsAgainst(agreement, document, chart);
  const byNumber = recordNumber === 'same' && agreement.born === 'same' && !nameContradicts(agreement);
  const byWeight = total >= thresholds.accept && against.length === 0;
  return {
    patientId: candidate.patientId,
    recordNumber,
    fields,
    total,
    against,
    agreement,
    accepted: byNumber ? 'record-number' : byWeight ? 'weight' : null,
    shown: recordNumber === 'same' || total >= thresholds.review,
  };
}

const compared = ({ patientId, recordNumber, fields, total, against }: Judged): ComparedCandidate => ({
  patientId,
  recordNumber,
  fields,
  total,
  against,
});

const likeliestFirst = (left: Judged, right: Judged): number =>
  Number(right.recordNumber === 'same') - Number(left.recordNumber === 'same') ||
  right.total - left.total ||
  (left.patientId < right.patientId ? -1 : 1);

/**
 * @param candidates charts that may be meant, whether or not they were merged meanwhile
 * @param replacedBy of each merged chart the one it was merged into: both count as one patient, the one in force
 */
export function matchPatient(
  document: Identity,
  candidates: readonly Candidate[],
  { weights, thresholds, replacedBy = new Map() }: { weights: Weights; thresholds: Thresholds; replacedBy?: ReadonlyMap<string, string> },
): PatientMatch {
  const said = comparedIdentity(document);
  const best = new Map<string, Judged>();
  for (const candidate of candidates) {
    const judged = { ...judge(said, candidate, weights, thresholds), patientId: chartInForce(candidate.patientId, replacedBy) };
    const other = best.get(judged.patientId);
    if (!other || (other.accepted === null && (judged.accepted !== null || likeliestFirst(judged, other) < 0)))
      best.set(judged.patientId, judged);
  }
  const shown = [...best.values()].filter((each) => each.shown || each.accepted !== null).sort(likeliestFirst);
  const accepted = shown.filter((each) => each.accepted !== null);
  const [only] = accepted;
  // Two that are both certain are none: one chart is a double of the other, or one of them is wrong.
  if (only?.accepted && accepted.length === 1) {
    return { kind: 'accepted', patientId: only.patientId, by: only.accepted, compared: compared(only) };
  }
  return shown.length === 0 ? { kind: 'nobody' } : { kind: 'review', candidates: shown.map(compared) };
}
