/**
 * What the Patient resource says of the record itself: that the patient has died, or that the record was merged into another. An EHR
 * marks a merged record by `link.type` "replaced-by" (FHIR R4 patient.html, Patient.link).
 */
import { datePart } from './date.ts';
import { type Json, list, object, target, text } from './read.ts';

export type RecordState = {
  /** `on` is the date as written, empty where the EHR says no more than that; null while nothing says so. */
  deceased: { on: string } | null;
  /** The id of the record that took its place; empty where the EHR does not name it; null while it stands for itself. */
  mergedInto: string | null;
};

export function recordState(patient: Json): RecordState {
  const on = datePart(patient['deceasedDateTime']);
  const replaced = list(patient['link']).find((link) => text(link['type']) === 'replaced-by');
  return {
    deceased: patient['deceasedBoolean'] === true || on !== '' ? { on } : null,
    mergedInto: replaced ? (target(object(replaced['other']))?.id ?? '') : null,
  };
}
