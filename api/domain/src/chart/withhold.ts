/**
 * Which resources stay out of the note: those sensitive in themselves, and those that would tell of them. A medication
 * given for a withheld diagnosis, a report of a withheld result, whatever was recorded in a labelled visit and another
 * entry of the same withheld diagnosis go with it; text that repeats withheld words is not quoted.
 */
import type { Withheld } from '../drafting/note.ts';
import { concept, type FhirResource, isTarget, list, object, refOf, target, text } from '../fhir/read.ts';
import type { ResourceRef } from '../fhir/reference.ts';
import { referenceText } from '../fhir/reference.ts';
import { onceOf } from '../once.ts';
import { attachmentText, withoutTags } from './attachment-text.ts';
import { attachmentsOf, type Judged, NOTHING_CONSENTED, speaksOfSubstanceUse, whySensitive, wordsAreSensitive } from './sensitivity.ts';

/** Fields that say who or where, not what about. */
const NOT_ABOUT = new Set([
  'subject',
  'patient',
  'beneficiary',
  'for',
  'encounter',
  'requester',
  'recorder',
  'asserter',
  'performer',
  'author',
  'participant',
  'serviceProvider',
  'location',
  'owner',
  'agent',
  'authenticator',
  'custodian',
  'resultsInterpreter',
  'policyHolder',
  'subscriber',
  'payor',
  'insurance',
  'insurer',
  'provider',
  'organization',
  'managingOrganization',
  'generalPractitioner',
  'supplier',
  'medium',
]);

type Link = { field: string; type?: string; id: string };

function linksOf(value: unknown, field: string, links: Link[]): void {
  if (Array.isArray(value)) {
    for (const one of value) linksOf(one, field, links);
    return;
  }
  const read = object(value);
  const aim = target(read);
  if (aim) links.push({ field, ...aim });
  for (const [name, inner] of Object.entries(read)) {
    // DocumentReference.context.encounter is a link to the visit like any other.
    if (typeof inner === 'object' && inner !== null && !(NOT_ABOUT.has(name) && name !== 'encounter')) linksOf(inner, name, links);
  }
}

const allLinksOf = onceOf((resource: FhirResource): readonly Link[] => {
  const links: Link[] = [];
  linksOf(resource, '', links);
  return links;
});

/** The coded thing a resource is about. */
const aboutOf = (resource: FhirResource) => concept(resource['code'] ?? resource['medicationCodeableConcept'] ?? resource['type']);

// Types where two entries with one code tell the same story.
const SAME_STORY = new Set(['Condition', 'MedicationRequest', 'MedicationStatement', 'Procedure', 'Observation', 'AllergyIntolerance']);

const NAMES_ITSELF = new Set(['Condition', 'MedicationRequest', 'MedicationStatement', 'Medication', 'Procedure']);

export function isEnteredInError(resource: FhirResource): boolean {
  const statuses = [resource['status'], ...concept(resource['verificationStatus']).codings.map((one) => one.code)];
  return statuses.includes('entered-in-error');
}

type Entry = { resource: FhirResource; ref: ResourceRef; key: string; links: readonly Link[] };
type Mark = { why: Withheld['why']; labelled: boolean; spreadsToVisit: boolean };

/** Words that would give a withheld resource away. */
export type GiveAways = { readonly words: ReadonlySet<string>; readonly phrases: ReadonlySet<string> };

const wordsOf = (words: string): string[] => words.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
const PHRASE = 4;
const phrasesOf = (words: string): string[] => {
  const tokens = wordsOf(words);
  return tokens.slice(PHRASE - 1).map((_, index) => tokens.slice(index, index + PHRASE).join(' '));
};

const repeatsNothing = (words: string, giveAways: GiveAways): boolean =>
  wordsOf(words).every((word) => !giveAways.words.has(word)) && phrasesOf(words).every((phrase) => !giveAways.phrases.has(phrase));

/** May this text be quoted? No when it speaks of substance use, or repeats withheld names or four withheld words in a row. */
export const mayQuote = (words: string, giveAways: GiveAways): boolean => !speaksOfSubstanceUse(words) && repeatsNothing(words, giveAways);

/** A line of a page ends in the middle of a sentence or of a word; letters drawn as one are told apart (Unicode NFKC). */
function readingsOf(words: string): readonly string[] {
  const whole = words.normalize('NFKC').replaceAll('\u00AD', '');
  return [whole, whole.replace(/[-\u2010\u2011][ \t]*\r?\n\s*/g, '')].map((each) => each.replace(/\s+/g, ' '));
}

/**
 * May a file in which these words stand be handed on? It goes whole or not at all, so no when any of them may not be quoted, or would keep an
 * entry of the chart out.
 */
export const mayHandOn = (words: string, judged: Judged, giveAways: GiveAways): boolean =>
  readingsOf(words).every((reading) => !wordsAreSensitive(reading, judged) && repeatsNothing(reading, giveAways));

/** All text of a resource that a person wrote or reads, with its attachments. */
function proseOf(resource: FhirResource): string[] {
  const found: string[] = [];
  const walk = (value: unknown, field: string): void => {
    if (typeof value === 'string') {
      if (/^(?:text|conclusion|description|valueString|note|title|patientInstruction|summary|div)$/.test(field)) found.push(value);
    } else if (Array.isArray(value)) for (const one of value) walk(one, field);
    else for (const [name, inner] of Object.entries(object(value))) walk(inner, name);
  };
  walk(resource, '');
  return [...found.map((words) => withoutTags(words)), ...attachmentsOf(resource).map((one) => attachmentText(one) ?? '')];
}

/** Every name a resource gives to what it is about: displays and texts of its codes, titles, medication names. */
const namesOf = (resource: FhirResource): string[] => {
  const names: string[] = [];
  const walk = (value: unknown, field: string): void => {
    if (typeof value === 'string') {
      if (field === 'display' || field === 'text') names.push(value);
    } else if (Array.isArray(value)) for (const one of value) walk(one, field);
    else
      for (const [name, inner] of Object.entries(object(value)))
        if (
          !NOT_ABOUT.has(name) &&
          !/^(?:category|clinicalStatus|verificationStatus|interpretation|security|note|dosageInstruction|class)$/.test(name)
        )
          walk(inner, name);
  };
  walk(resource, '');
  return names.filter((name) => !name.includes('<'));
};

const SHORTEST_TELLING_WORD = 5;

// Types whose names tell what is wrong or done; "Progress note" or "Office visit" tells nothing.
const NAMES_TELL = new Set([...SAME_STORY, 'Medication', 'DiagnosticReport', 'ServiceRequest']);

/** Names that would give a withheld resource away; of a visit, why it took place. */
const tellingNames = (resource: FhirResource): string[] =>
  resource.resourceType === 'Encounter'
    ? list(resource['reasonCode']).map((reason) => concept(reason).text)
    : NAMES_TELL.has(resource.resourceType)
      ? namesOf(resource)
      : [];

/** One entry per reference, sorted by it; of several copies the one last updated. */
function entriesOf(resources: readonly FhirResource[]): Entry[] {
  const newest = new Map<string, FhirResource>();
  // Ties are broken by content, so that the order of arrival decides nothing.
  const order = (resource: FhirResource): string => `${text(object(resource['meta'])['lastUpdated'])} ${JSON.stringify(resource)}`;
  for (const resource of resources) {
    const ref = refOf(resource);
    if (!ref) continue;
    const key = referenceText(ref);
    const held = newest.get(key);
    if (held === undefined || order(held) < order(resource)) newest.set(key, resource);
  }
  return [...newest]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([key, resource]) => {
      const ref = refOf(resource);
      if (!ref) return [];
      return [{ resource, ref, key, links: allLinksOf(resource) }];
    });
}

/**
 * Splits the resources of one patient.
 *
 * @returns `visible` and `withheld`, each resource once, sorted by reference; `giveAways` for {@link mayQuote}. Resources
 * without an id cannot be cited and are in neither.
 */
export function withhold(
  resources: readonly FhirResource[],
  judged: Judged = NOTHING_CONSENTED,
): {
  visible: readonly FhirResource[];
  withheld: readonly Withheld[];
  giveAways: GiveAways;
} {
  const entries = entriesOf(resources);
  const byId = new Map<string, Entry[]>();
  for (const entry of entries) byId.set(entry.ref.id, [...(byId.get(entry.ref.id) ?? []), entry]);
  const marks = new Map<Entry, Mark>();

  for (const entry of entries) {
    const sensitive = whySensitive(entry.resource, judged);
    if (isEnteredInError(entry.resource)) marks.set(entry, { why: 'entered-in-error', labelled: false, spreadsToVisit: false });
    else if (sensitive) marks.set(entry, { ...sensitive, spreadsToVisit: true });
  }

  // Other entries of the same withheld code. What was entered in error says nothing about correct entries.
  const sensitiveCodes = new Map<string, Mark>();
  for (const [entry, mark] of marks) {
    if (mark.why === 'entered-in-error' || !SAME_STORY.has(entry.resource.resourceType)) continue;
    for (const one of aboutOf(entry.resource).codings) if (one.code) sensitiveCodes.set(`${one.system ?? ''}|${one.code}`, mark);
  }
  for (const entry of entries) {
    if (marks.has(entry) || !SAME_STORY.has(entry.resource.resourceType)) continue;
    const same = aboutOf(entry.resource).codings.map((one) => sensitiveCodes.get(`${one.system ?? ''}|${one.code ?? ''}`));
    const mark = same.find((one) => one !== undefined);
    if (mark) marks.set(entry, { ...mark, spreadsToVisit: false });
  }

  // Resources that carry a withheld diagnosis, treatment or drug in their own name.
  const sensitiveNames = [...marks].flatMap(([entry, mark]) =>
    mark.why !== 'entered-in-error' && NAMES_ITSELF.has(entry.resource.resourceType)
      ? [aboutOf(entry.resource).text, ...aboutOf(entry.resource).codings.map((one) => one.display ?? '')]
          .map((name) => ({ name: ` ${wordsOf(name).join(' ')} `, mark }))
          .filter(({ name }) => name.length >= SHORTEST_TELLING_WORD + 2)
      : [],
  );
  for (const entry of sensitiveNames.length === 0 ? [] : entries) {
    if (marks.has(entry) || entry.resource.resourceType === 'Patient') continue;
    const own = namesOf(entry.resource).map((name) => ` ${wordsOf(name).join(' ')} `);
    const telling = sensitiveNames.find(({ name }) => own.some((words) => words.includes(name)));
    if (telling) marks.set(entry, { ...telling.mark, spreadsToVisit: false });
  }

  for (let changed = true; changed; ) {
    changed = false;
    for (const entry of entries) {
      if (marks.has(entry)) continue;
      for (const link of entry.links) {
        const aims = (byId.get(link.id) ?? []).filter((aim) => isTarget(link, aim.ref.type, aim.ref.id));
        const mark = aims.map((aim) => marks.get(aim)).find((one) => one !== undefined && one.why !== 'entered-in-error');
        // A visit that only lists a withheld diagnosis among others stays out itself but does not take its other records along.
        if (mark === undefined || (link.field === 'encounter' && !mark.spreadsToVisit)) continue;
        marks.set(entry, { ...mark, spreadsToVisit: false });
        changed = true;
        break;
      }
    }
  }

  const visible = entries.filter((entry) => !marks.has(entry));
  const hidden = [...marks].filter(([, mark]) => mark.why !== 'entered-in-error').map(([entry]) => entry);
  // Words that visible problems, drugs and results carry in their own names tell nothing: "chronic", "tablet".
  const plainWords = new Set(
    visible
      .filter((entry) => NAMES_TELL.has(entry.resource.resourceType))
      .flatMap((entry) => [aboutOf(entry.resource).text, ...aboutOf(entry.resource).codings.map((one) => one.display ?? '')])
      .flatMap(wordsOf),
  );
  const giveAways: GiveAways = {
    words: new Set(
      hidden
        .flatMap((entry) => tellingNames(entry.resource).flatMap(wordsOf))
        .filter((word) => word.length >= SHORTEST_TELLING_WORD && !/^\d+$/.test(word) && !plainWords.has(word)),
    ),
    phrases: new Set(hidden.flatMap((entry) => proseOf(entry.resource).flatMap(phrasesOf))),
  };
  return {
    visible: visible.map((entry) => entry.resource),
    withheld: [...marks]
      .map(([entry, mark]): Withheld => ({ ref: entry.ref, why: mark.why }))
      .sort((one, other) => (referenceText(one.ref) < referenceText(other.ref) ? -1 : 1)),
    giveAways,
  };
}

/** Text of a field that may be quoted; empty otherwise. */
export const quotable = (value: unknown, giveAways: GiveAways): string => {
  const words = text(value);
  return words !== '' && mayQuote(words, giveAways) ? words : '';
};
