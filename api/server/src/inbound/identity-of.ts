/** Who a patient is, as their chart in the EHR says (FHIR R4 Patient). */
import { list, object, text } from '@refloop/domain/fhir/read';
import type { Identity } from '@refloop/domain/patient-match/identity';
import { personOf } from '../packet/packet.ts';

const SEXES: readonly Identity['sex'][] = ['female', 'male', 'other'];

export function identityOf(patient: Readonly<Record<string, unknown>>): Identity {
  const person = personOf(patient);
  const numbers = list(patient['identifier']).filter((one) =>
    list(object(one['type'])['coding']).some((coding) => coding['code'] === 'MR'),
  );
  const phone = list(patient['telecom']).find((one) => one['system'] === 'phone' && one['use'] !== 'old');
  return {
    family: person.family,
    given: person.given,
    suffix: '',
    born: text(patient['birthDate']),
    sex: SEXES.find((sex) => sex === patient['gender']) ?? '',
    line: person.line[0] ?? '',
    city: person.city,
    postalCode: person.postalCode,
    phone: text(phone?.['value']),
    recordNumbers: numbers.map((one) => text(one['value'])).filter(Boolean),
  };
}
