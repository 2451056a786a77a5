/** Problems, medications and allergies: what the chart says of the patient now and before. */
import { datePart } from '../fhir/date.ts';
import { codeOf, concept, type FhirResource, hasCode, list, object, quantity, refOf, SNOMED, target, text } from '../fhir/read.ts';
import type { Day } from '../instant.ts';
import type { Allergy, Medication, NoKnownAllergy, Problem } from './chart.ts';
import { type GiveAways, quotable } from './withhold.ts';

export const firstNote = (resource: FhirResource, giveAways: GiveAways): string =>
  list(resource['note'])
    .map((note) => quotable(note['text'], giveAways))
    .find((words) => words !== '') ?? '';

/** A Condition with its standing; refuted ones and those without a name are not problems. */
export function readProblem(resource: FhirResource, giveAways: GiveAways): { problem: Problem; standing: 'active' | 'past' } | undefined {
  const ref = refOf(resource);
  const code = concept(resource['code']);
  const verification = codeOf(resource['verificationStatus']);
  if (!ref || code.text === '' || verification === 'refuted') return undefined;
  const clinical = codeOf(resource['clinicalStatus']);
  const onsetPeriod = object(resource['onsetPeriod']);
  const abated = datePart(resource['abatementDateTime']) || datePart(object(resource['abatementPeriod'])['end']);
  return {
    problem: {
      ref,
      name: code.text,
      code,
      onset: datePart(resource['onsetDateTime']) || datePart(onsetPeriod['start']),
      abated,
      recorded: datePart(resource['recordedDate']),
      certainty: ['provisional', 'differential', 'unconfirmed'].includes(verification) ? 'unconfirmed' : 'confirmed',
      severity: concept(resource['severity']).text,
      note: firstNote(resource, giveAways),
    },
    // Without a clinical status (some EHRs leave it out) an abatement decides.
    standing: ['inactive', 'remission', 'resolved'].includes(clinical) || (clinical === '' && abated !== '') ? 'past' : 'active',
  };
}

const FREQUENCY: Readonly<Record<string, string>> = {
  '1/1/d': 'daily',
  '2/1/d': 'twice daily',
  '3/1/d': '3 times a day',
  '4/1/d': '4 times a day',
};

const UNIT_OF_TIME: Readonly<Record<string, string>> = { h: 'hours', d: 'days', wk: 'weeks', mo: 'months', min: 'minutes' };

/** "1 tablet twice daily" from the structured dosage, for charts that send no dosage text. */
function structuredDosage(dosage: Readonly<Record<string, unknown>>): string {
  const dose = quantity(object(list(dosage['doseAndRate'])[0])['doseQuantity']);
  const repeat = object(object(dosage['timing'])['repeat']);
  const timingText = concept(object(dosage['timing'])['code']).text;
  const { frequency, period, periodUnit } = {
    frequency: repeat['frequency'],
    period: repeat['period'],
    periodUnit: text(repeat['periodUnit']),
  };
  const known = FREQUENCY[`${String(frequency)}/${String(period)}/${periodUnit}`];
  const unit = UNIT_OF_TIME[periodUnit];
  const counted = typeof frequency === 'number' && typeof period === 'number' && unit !== undefined;
  const often = known ?? (counted ? `${frequency === 1 ? '' : `${frequency} times `}every ${period} ${unit}` : timingText);
  const route = concept(dosage['route']).text;
  const asNeeded = dosage['asNeededBoolean'] === true ? 'as needed' : '';
  const amount = dose ? `${dose.value}${dose.unit ? ` ${dose.unit}` : ''}` : '';
  return [amount, route.toLowerCase(), often, asNeeded].filter((part) => part !== '').join(' ');
}

function dosageWords(dosages: readonly Readonly<Record<string, unknown>>[], giveAways: GiveAways): string {
  const first = dosages[0];
  if (!first) return '';
  const worded = text(first['text']) || text(first['patientInstruction']);
  return quotable(worded, giveAways) || (worded === '' ? quotable(structuredDosage(first), giveAways) : '');
}

const ended = (dosages: readonly Readonly<Record<string, unknown>>[], today: Day): boolean =>
  dosages.length > 0 &&
  dosages.every((dosage) => {
    const end = datePart(object(object(object(dosage['timing'])['repeat'])['boundsPeriod'])['end']);
    return end.length === 10 && end < today;
  });

/**
 * A current medication: an active order, or an active statement. Stopped, held, proposed, "do not give" and courses whose
 * stated end is past are not current.
 *
 * @param named the Medication resources in the chart by id, for orders that only point at one
 */
export function readMedication(
  resource: FhirResource,
  named: ReadonlyMap<string, FhirResource>,
  giveAways: GiveAways,
  today: Day,
): Medication | undefined {
  const ref = refOf(resource);
  if (!ref || text(resource['status']) !== 'active' || resource['doNotPerform'] === true || text(resource['intent']) === 'proposal')
    return undefined;
  const isOrder = resource.resourceType === 'MedicationRequest';
  const dosages = list(resource[isOrder ? 'dosageInstruction' : 'dosage']);
  const effective = object(resource['effectivePeriod']);
  const statedEnd = datePart(effective['end']);
  if (ended(dosages, today) || (statedEnd.length === 10 && statedEnd < today)) return undefined;
  const reference = object(resource['medicationReference']);
  const local = text(reference['reference']).replace(/^#/, '');
  const pointed = list(resource['contained']).find((one) => text(one['id']) === local) ?? named.get(target(reference)?.id ?? '');
  const own = concept(resource['medicationCodeableConcept']);
  const code = own.text !== '' ? own : concept(pointed ? pointed['code'] : undefined);
  const name = code.text || text(reference['display']);
  if (name === '') return undefined;
  return {
    ref,
    name,
    code,
    dosage: dosageWords(dosages, giveAways),
    since: datePart(resource['authoredOn']) || datePart(effective['start']) || datePart(resource['effectiveDateTime']),
    reportedBy: isOrder ? 'order' : 'statement',
  };
}

// 716186003 No known allergy (FHIR R4 valuesets.json, allergyintolerance-code), 409137002 No known drug allergy (FHIR R4
// example allergyintolerance-nkda); the IPS absent-or-unknown codes begin with "no-known-".
const NO_KNOWN_ALLERGY = ['716186003', '409137002'];

const saysNoneKnown = (resource: FhirResource): boolean => {
  const code = concept(resource['code']);
  return (
    hasCode(code, SNOMED, NO_KNOWN_ALLERGY) ||
    code.codings.some((one) => one.code?.startsWith('no-known-')) ||
    /^no known (?:\w+ )?allerg/i.test(code.text) ||
    /^(?:nkda|nka)$/i.test(code.text)
  );
};

export function readAllergy(
  resource: FhirResource,
): { kind: 'allergy'; allergy: Allergy } | { kind: 'none-known'; statement: NoKnownAllergy } | undefined {
  const ref = refOf(resource);
  const code = concept(resource['code']);
  if (!ref || code.text === '' || codeOf(resource['verificationStatus']) === 'refuted') return undefined;
  if (['inactive', 'resolved'].includes(codeOf(resource['clinicalStatus']))) return undefined;
  if (saysNoneKnown(resource))
    return { kind: 'none-known', statement: { ref, words: code.text, recorded: datePart(resource['recordedDate']) } };
  const reactions = list(resource['reaction']);
  return {
    kind: 'allergy',
    allergy: {
      ref,
      name: code.text,
      reactions: [...new Set(reactions.flatMap((reaction) => list(reaction['manifestation']).map((one) => concept(one).text)))].filter(
        (words) => words !== '',
      ),
      severity: reactions.map((reaction) => text(reaction['severity'])).find((words) => words !== '') ?? '',
      highRisk: text(resource['criticality']) === 'high',
    },
  };
}
