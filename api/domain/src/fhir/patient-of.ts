/** Whether a resource is of the patient this page was opened for. Checked on all that is read and all that is written. */
import type { Resource } from './ehr-port.ts';

/** Elements that name the patient (R4 Patient compartment; Task and others by `for`). */
const PATIENT_ELEMENTS = ['subject', 'patient', 'beneficiary', 'for'] as const;

/** The patient id a reference names: relative, or absolute below this EHR's base; undefined for anything else. */
export function patientIdOf(reference: unknown, base: string): string | undefined {
  if (typeof reference !== 'string') return undefined;
  const relative = reference.startsWith(`${base.replace(/\/$/, '')}/`) ? reference.slice(base.replace(/\/$/, '').length + 1) : reference;
  return /^Patient\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]+)?$/.exec(relative)?.[1];
}

/**
 * @returns `theirs` when it names this patient, `another` when it names a different one or none that can be read,
 *   `none` when the type carries no patient (Practitioner, Organization, Provenance)
 */
export function patientOf(resource: Resource, patient: string, base: string): 'theirs' | 'another' | 'none' {
  if (resource.resourceType === 'Patient') return resource.id === patient ? 'theirs' : 'another';
  for (const element of PATIENT_ELEMENTS) {
    const value = resource[element];
    if (value === undefined) continue;
    const reference = (value as { reference?: unknown } | null)?.reference;
    return patientIdOf(reference, base) === patient ? 'theirs' : 'another';
  }
  return 'none';
}

/** For resources that must carry the patient. */
export const isOf = (resource: Resource, patient: string, base: string): boolean => patientOf(resource, patient, base) === 'theirs';
