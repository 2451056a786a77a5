/** Is this referral already under way, or was the patient just seen? Said before ordering. */
import type { Chart, ChartOrder, Problem } from '../chart/chart.ts';
import { SPECIALTIES, type Specialty, specialtyById, specialtyOfNucc, specialtyOfReferralCode } from '../clinical/specialty.ts';
import { dateWords, earliestDay, onDate } from '../fhir/date.ts';
import { type Coding, type Concept, hasCode, LOINC, SNOMED } from '../fhir/read.ts';
import { type ResourceRef, referenceText } from '../fhir/reference.ts';
import { daysBetween } from '../instant.ts';
import { icd10, mentions } from './words.ts';

export type Duplicate = {
  readonly kind: 'open-referral' | 'recent-visit';
  /** One plain sentence for the clinician. */
  readonly text: string;
  readonly source: ResourceRef;
};

export type DuplicatePolicy = {
  /** A visit to the specialty within so many days before today counts as recent. */
  readonly recentVisitDays: number;
};

/** Half a year is our choice, not a rule of a payer or society; a site may set another. */
export const DUPLICATE_POLICY: DuplicatePolicy = { recentVisitDays: 180 };

const OPEN = ['draft', 'active', 'on-hold'];

/** A sub-specialty and its parent share patients and often codes: a cardiology referral covers electrophysiology. */
const family = (specialty: Specialty): string => specialty.parent ?? specialty.id;

// British spelling in some displays ("orthopaedic").
const american = (words: string): string =>
  words
    .toLowerCase()
    .replace(/paed/g, 'ped')
    .replace(/oesoph/g, 'esoph');

/** "cardiolog" for Cardiology, so that "cardiologist" is found too. */
const nameStem = (specialty: Specialty): string =>
  american(specialty.name.replace(/\(.*\)/, '').split(/[&,]/)[0] ?? '')
    .trim()
    .replace(/y$/, '');

const CONSULT_NOTE = '11488-4';

/** Which specialty words speak of: the one with the longest name among those named. */
const specialtyInWords = (words: string): Specialty | undefined =>
  SPECIALTIES.filter((specialty) => mentions(american(words), [nameStem(specialty)])).sort(
    (one, other) => nameStem(other).length - nameStem(one).length,
  )[0];

const byCode = (code: Concept): Specialty | undefined =>
  code.codings
    .map((one) => (one.system === SNOMED ? specialtyOfReferralCode(one.code ?? '') : specialtyOfNucc(one.code ?? '')))
    .find(Boolean);

/** The specialty an order is for, by the specialty asked for, its code, then its words. */
export const specialtyOfOrder = (order: ChartOrder): Specialty | undefined =>
  byCode(order.performerTypes) ?? byCode(order.code) ?? specialtyInWords(order.name);

const categories = (codes: readonly Coding[]): ReadonlySet<string> =>
  new Set(codes.filter((code) => /icd-?10/i.test(code.system ?? '') && code.code).map((code) => icd10(code.code ?? '').slice(0, 3)));

/** False only when both sides name ICD-10 diagnoses and no category (first three characters) is in both. */
function mayBeSameProblem(asked: readonly Coding[], found: readonly Coding[]): boolean {
  const [one, other] = [categories(asked), categories(found)];
  return one.size === 0 || other.size === 0 || [...one].some((category) => other.has(category));
}

const problemCodes = (chart: Chart, ids: readonly string[]): readonly Coding[] =>
  [...chart.problems, ...chart.pastProblems]
    .filter((problem: Problem) => ids.includes(problem.ref.id))
    .flatMap((problem) => problem.code.codings);

/**
 * Open referrals (draft, active or on hold) and visits or consult notes of the last half year, in the same specialty
 * family and not plainly for another problem. Newest first, referrals before visits.
 *
 * @param thisOrder the order being worked on, which is no duplicate of itself
 */
export function findDuplicates(
  chart: Chart,
  asked: { specialty: string; reasonCodes: readonly Coding[]; thisOrder?: ResourceRef },
  policy: DuplicatePolicy = DUPLICATE_POLICY,
): readonly Duplicate[] {
  const specialty = specialtyById(asked.specialty);
  if (!specialty) return [];
  const inFamily = (found: Specialty | undefined): boolean => found !== undefined && family(found) === family(specialty);
  const own = asked.thisOrder ? referenceText(asked.thisOrder) : '';
  const daysAgo = (date: string): number | undefined => (date === '' ? undefined : daysBetween(earliestDay(date), chart.today));
  const isRecent = (date: string): boolean => {
    const days = daysAgo(date);
    return days !== undefined && days >= 0 && days <= policy.recentVisitDays;
  };

  const referrals = chart.orders
    .filter((order) => OPEN.includes(order.status) && referenceText(order.ref) !== own && order.intent !== 'option')
    .filter((order) => inFamily(specialtyOfOrder(order)))
    .filter((order) =>
      mayBeSameProblem(asked.reasonCodes, [
        ...order.reasonCodes.flatMap((code) => code.codings),
        ...problemCodes(chart, order.reasonProblems),
      ]),
    )
    .map((order): Duplicate => {
      const facts = [
        order.name || 'Referral',
        order.performer ? `to ${order.performer}` : '',
        order.authored ? `ordered ${onDate(order.authored)}` : '',
        order.status === 'on-hold' ? 'on hold' : order.status,
      ];
      return {
        kind: 'open-referral',
        text: `The chart has an open ${specialty.name} referral: ${facts.filter((part) => part !== '').join(', ')}.`,
        source: order.ref,
      };
    });

  const notes = chart.documents
    .filter((document) => isRecent(document.date))
    .filter((document) =>
      inFamily(
        SPECIALTIES.find((one) => one.consultNote.code !== CONSULT_NOTE && hasCode(document.code, LOINC, [one.consultNote.code])) ??
          (hasCode(document.code, LOINC, [CONSULT_NOTE]) || /consult/i.test(document.name) ? specialtyInWords(document.name) : undefined),
      ),
    );
  const noted = new Set(notes.map((note) => note.encounter).filter((id) => id !== ''));
  const visits = chart.visits
    .filter((visit) => isRecent(visit.date) && !noted.has(visit.ref.id))
    .filter((visit) => visit.types.some((type) => inFamily(byCode(type) ?? specialtyInWords(type.text))))
    .filter((visit) => mayBeSameProblem(asked.reasonCodes, problemCodes(chart, visit.problems)));
  const seen = [
    ...notes.map((note) => ({ ref: note.ref, date: note.date, what: `${note.name}${note.author ? `, ${note.author}` : ''}` })),
    ...visits.map((visit) => ({
      ref: visit.ref,
      date: visit.date,
      what: [visit.name, visit.participants[0] ?? ''].filter((part) => part !== '').join(', '),
    })),
  ]
    .sort((one, other) => (one.date === other.date ? 0 : one.date > other.date ? -1 : 1))
    .map(({ ref, date, what }): Duplicate => {
      const days = daysAgo(date) ?? 0;
      const ago = days === 0 ? 'today' : days === 1 ? 'yesterday' : `${days} days ago`;
      return {
        kind: 'recent-visit',
        text: `The patient was seen in ${specialty.name} on ${dateWords(date)} (${ago}): ${what}.`.replace(
          / on ([A-Z][a-z]+ \d{4}|\d{4}) /,
          ' in $1 ',
        ),
        source: ref,
      };
    });
  return [...referrals, ...seen];
}
