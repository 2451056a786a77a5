/** Who a patient is, as their chart in the EHR says (FHIR R4 Patient). */
import { list, object, text } from '@refloop/domain/fhir/read';
import { phoneNumber } from '@refloop/domain/patient/outreach';
import { blocksOf } from '@refloop/domain/patient-match/blocks';
import { comparedIdentity, type Identity } from '@refloop/domain/patient-match/identity';
import { officialName, personOf, strings } from '../packet/packet.ts';
import type { Unit } from '../store/store.ts';

const SEXES: readonly Identity['sex'][] = ['female', 'male', 'other'];

/** Degrees and titles stand in the same element (FHIR R4 HumanName.suffix). */
const GENERATION = /^(?:jr|sr|junior|senior|ii|iii|iv)\.?$/i;

export function identityOf(patient: Readonly<Record<string, unknown>>): Identity {
  const person = personOf(patient);
  const numbers = list(patient['identifier']).filter((one) =>
    list(object(one['type'])['coding']).some((coding) => coding['code'] === 'MR'),
  );
  const phone = list(patient['telecom']).find((one) => one['system'] === 'phone' && one['use'] !== 'old');
  return {
    family: person.family,
    given: person.given,
    suffix: strings(officialName(patient)['suffix']).find((each) => GENERATION.test(each)) ?? '',
    born: text(patient['birthDate']),
    sex: SEXES.find((sex) => sex === patient['gender']) ?? '',
    line: person.line[0] ?? '',
    city: person.city,
    postalCode: person.postalCode,
    phone: text(phone?.['value']),
    recordNumbers: numbers.map((one) => text(one['value'])).filter(Boolean),
  };
}

/** One that a text message may come from; no document is compared by it. @param number E.164 */
export const numberBlock = (number: string): string => `reached at ${number}`;

const numbersOf = (patient: Readonly<Record<string, unknown>>): string[] =>
  list(patient['telecom'])
    .filter((one) => one['use'] !== 'old' && (one['system'] === 'phone' || one['system'] === 'sms'))
    .flatMap((one) => phoneNumber(text(one['value'])) ?? []);

/** Keeps by what the patient is found again when a document names them: from the chart that the clinician was shown. */
export async function keepIdentity(unit: Unit, patientId: string, chart: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
  const patient = chart.find((resource) => resource['resourceType'] === 'Patient' && resource['id'] === patientId);
  if (!patient) return;
  const identity = identityOf(patient);
  const link = list(patient['link']).find((each) => each['type'] === 'replaced-by');
  const [, into = null] = /^Patient\/([A-Za-z0-9\-.]{1,64})$/.exec(text(object(link?.['other'])['reference'])) ?? [];
  const blocks = [...blocksOf(comparedIdentity(identity)), ...numbersOf(patient).map(numberBlock)];
  await unit.patientIdentities.put({ patientId, identity, replacedBy: into }, blocks);
}
