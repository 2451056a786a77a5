/** Is this one resource, taken alone, of the kind that stays out of a note by default? Links between resources: withhold.ts. */
import type { Withheld } from '../drafting/note.ts';
import { coding, type FhirResource, ICD10CM, type Json, list, object, text } from '../fhir/read.ts';
import { onceOf } from '../once.ts';
import { attachmentText, sentencesOf } from './attachment-text.ts';
import rules from './sensitivity.json' with { type: 'json' };

export type SensitiveWhy = Exclude<Withheld['why'], 'entered-in-error'>;

const anyOf = (words: readonly string[]): RegExp => new RegExp(`(?<![a-z0-9])(?:${words.join('|')})(?![a-z0-9])`, 'i');
const DISORDER = anyOf(rules.substanceUse.disorder);
const MENTION = anyOf(rules.substanceUse.mention);
const PSYCHOTHERAPY = anyOf(rules.psychotherapyWords);
const NEGATED = /\b(?:no|not|never|none|denie[sd]|denying|without|negative)\b/i;

/** Whether words speak of substance use at all, denied or not; such a sentence is never quoted. */
export const speaksOfSubstanceUse = (words: string): boolean => DISORDER.test(words) || MENTION.test(words);

/** Of whom it is judged, and what they consented to have disclosed. */
export type Judged = {
  /** Completed years; undefined where it is not known. */
  readonly age: number | undefined;
  /** Security labels (packet/consent.ts); nothing that bears another one besides goes with them. */
  readonly consented: ReadonlySet<string>;
};

export const NOTHING_CONSENTED: Judged = { age: undefined, consented: new Set() };

const isCovered = (codes: readonly string[], { consented }: Judged): boolean => codes.some((code) => consented.has(code));

/** Reads one security label; labels of other kinds (obligations, purposes, AIAST) are no reason. */
function whyOfLabel(label: Json, judged: Judged): SensitiveWhy | undefined {
  const { system = '', code = '' } = coding(label);
  if (isCovered([code], judged)) return undefined;
  if (/confidentiality/i.test(system)) {
    if (code === 'ETH') return 'substance-use-part-2';
    return rules.confidentiality.includes(code) ? 'restricted' : undefined;
  }
  // A label without a system is read as a sensitivity label: the cost of a wrong guess is one resource left out.
  if (system !== '' && !/actcode/i.test(system)) return undefined;
  if (system === '' && (code === 'R' || code === 'V')) return 'restricted';
  if (rules.labels['substance-use-part-2'].includes(code)) return 'substance-use-part-2';
  if (rules.labels.psychotherapy.includes(code)) return 'psychotherapy';
  return rules.labels.restricted.includes(code) ? 'restricted' : undefined;
}

const STRICTEST_FIRST: readonly SensitiveWhy[] = ['substance-use-part-2', 'psychotherapy', 'restricted', 'adolescent'];
const strictest = (found: readonly (SensitiveWhy | undefined)[]): SensitiveWhy | undefined =>
  STRICTEST_FIRST.find((why) => found.includes(why));

type Found = { labels: Json[]; words: string[]; icd10: string[] };

// Not words of the chart: identifiers, links, encoded data, generated narrative.
const NOT_WORDS = new Set(['system', 'url', 'reference', 'id', 'data', 'div', 'resourceType', 'versionId', 'contentType', 'hash']);

function collect(value: unknown, field: string, found: Found): void {
  if (typeof value === 'string') {
    if (!NOT_WORDS.has(field)) found.words.push(value);
    return;
  }
  if (Array.isArray(value)) {
    for (const one of value) collect(one, field, found);
    return;
  }
  const read = object(value);
  const { system, code } = coding(read);
  if (code !== undefined && (system === ICD10CM || /icd-?10/i.test(system ?? ''))) found.icd10.push(code.toUpperCase());
  // Element-level labels (DS4P inline security labels): one sensitive element keeps the whole resource out.
  if (text(read['url']).endsWith('extension-inline-sec-label')) found.labels.push(object(read['valueCoding']));
  for (const [name, inner] of Object.entries(read)) collect(inner, name, found);
}

/** All of one resource that says something of its kind. */
const foundIn = onceOf((resource: FhirResource): Found => {
  const found: Found = { labels: [], words: [], icd10: [] };
  collect(resource, '', found);
  found.labels.push(
    ...list(object(resource['meta'])['security']),
    ...list(resource['securityLabel']).flatMap((one) => list(one['coding'])),
  );
  if (resource.resourceType === 'Composition') found.labels.push({ system: 'v3-Confidentiality', code: resource['confidentiality'] });
  return found;
});

const titlesOf = (resource: FhirResource): string => foundIn(resource).words.join('\n');
const speaksOfPsychotherapy = onceOf((resource: FhirResource): boolean => PSYCHOTHERAPY.test(titlesOf(resource)));
const tellsOfSubstanceUse = onceOf((resource: FhirResource): boolean => {
  if (!FREE_TEXT.has(resource.resourceType)) return speaksOfSubstanceUse(titlesOf(resource));
  const body = attachmentsOf(resource).map((attachment) => attachmentText(attachment) ?? '');
  return affirmed([titlesOf(resource), ...body].join('\n'));
});

const normalIcd10 = (code: string): string => (code.includes('.') || code.length <= 3 ? code : `${code.slice(0, 3)}.${code.slice(3)}`);

/** Words of every readable attachment of a resource. */
export const attachmentsOf = (resource: FhirResource): readonly Json[] =>
  resource.resourceType === 'DiagnosticReport'
    ? list(resource['presentedForm'])
    : list(resource['content']).map((one) => object(one['attachment']));

const FREE_TEXT = new Set(['DocumentReference', 'DiagnosticReport', 'Composition', 'ClinicalImpression']);
// Who the patient is and who pays is no clinical content; a label on them still counts.
const NOT_CLINICAL = new Set(['Patient', 'Coverage', 'Practitioner', 'PractitionerRole', 'Organization', 'Location', 'RelatedPerson']);

const affirmed = (words: string): boolean => sentencesOf(words).some((sentence) => DISORDER.test(sentence) && !NEGATED.test(sentence));

/** Of an age at which there may be care that a parent is told nothing of. @param age in completed years */
export const isAdolescentAge = (age: number): boolean => age >= rules.adolescent.fromAge && age < rules.adolescent.untilAge;
const isAdolescent = ({ age }: Judged): boolean => age !== undefined && isAdolescentAge(age);

/** Why this resource stays out, judged by its labels, codes and words; undefined when nothing speaks against it. */
export function whySensitive(
  resource: FhirResource,
  judged: Judged = NOTHING_CONSENTED,
): { why: SensitiveWhy; labelled: boolean } | undefined {
  const found = foundIn(resource);
  const labelled = strictest(found.labels.map((label) => whyOfLabel(label, judged)));
  if (labelled) return { why: labelled, labelled: true };
  if (NOT_CLINICAL.has(resource.resourceType)) return undefined;

  const bears = (prefixes: readonly string[]): boolean =>
    found.icd10.map(normalIcd10).some((code) => prefixes.some((prefix) => code.startsWith(prefix)));
  const part2 = !isCovered(rules.labels['substance-use-part-2'], judged);
  if (part2 && bears(rules.icd10Prefixes)) return { why: 'substance-use-part-2', labelled: false };

  if (!isCovered(rules.labels.psychotherapy, judged) && speaksOfPsychotherapy(resource)) return { why: 'psychotherapy', labelled: false };
  if (isAdolescent(judged) && !isCovered(['ADOL'], judged) && bears(rules.adolescent.icd10Prefixes)) {
    return { why: 'adolescent', labelled: false };
  }
  return part2 && tellsOfSubstanceUse(resource) ? { why: 'substance-use-part-2', labelled: false } : undefined;
}

/** ICD-10-CM as people write it, with or without its dot: a letter, a digit, a digit or A or B, then up to four more (Official Guidelines FY2027, I.A.2). */
const WRITTEN_ICD10 = /(?<![a-z0-9])[a-tv-z][0-9][0-9ab](?:\.[0-9a-z]{1,4}|[0-9][0-9a-z]{0,3})?(?![a-z0-9])/gi;

/** Whether words that nobody coded are of the kind that stays out: by what they speak of, denied or not, and by the codes written in them. */
export function wordsAreSensitive(words: string, judged: Judged = NOTHING_CONSENTED): boolean {
  const codes = (words.match(WRITTEN_ICD10) ?? []).map((code) => normalIcd10(code.toUpperCase()));
  const bears = (prefixes: readonly string[]): boolean => codes.some((code) => prefixes.some((prefix) => code.startsWith(prefix)));
  const part2 = !isCovered(rules.labels['substance-use-part-2'], judged);
  if (part2 && (speaksOfSubstanceUse(words) || bears(rules.icd10Prefixes))) return true;
  if (!isCovered(rules.labels.psychotherapy, judged) && PSYCHOTHERAPY.test(words)) return true;
  return isAdolescent(judged) && !isCovered(['ADOL'], judged) && bears(rules.adolescent.icd10Prefixes);
}
