/** What happens to a record in the EHR itself while apps are open: two records become one, and a patient dies. */
import type { Patient, PatientLink } from '@medplum/fhirtypes';
import type { Repository, Stored } from '../fhir/repository.ts';
import { findResource } from './find.ts';
import { replacementsOf } from './record-state.ts';

export type RecordChange =
  | { kind: 'changed'; records: Stored<Patient>[] }
  | { kind: 'refused'; reason: 'no-such-patient' | 'conflict'; field: 'patient' | 'into'; message: string };

const noSuch = (field: 'patient' | 'into'): RecordChange => ({
  kind: 'refused',
  reason: 'no-such-patient',
  field,
  message: 'There is no such patient. GET /launches lists their ids.',
});

const linkTo = (patient: Stored<Patient>, type: PatientLink['type']): PatientLink => ({
  other: { reference: `Patient/${patient.id}` },
  type,
});

const linked = (patient: Stored<Patient>, link: PatientLink): Stored<Patient> => ({ ...patient, link: [...(patient.link ?? []), link] });

/**
 * Merges one record into another, as R4's Patient.link tells it: the first is closed and points to the second, which points back.
 * What was written under the first stays under it.
 */
export async function mergeRecords(repository: Repository, fromId: string, intoId: string): Promise<RecordChange> {
  const [from, into] = [
    await findResource<Patient>(repository, 'Patient', fromId),
    await findResource<Patient>(repository, 'Patient', intoId),
  ];
  if (!from) return noSuch('patient');
  if (!into) return noSuch('into');
  const refused = (field: 'patient' | 'into', message: string): RecordChange => ({ kind: 'refused', reason: 'conflict', field, message });
  if (from.id === into.id) return refused('into', 'A record cannot be merged into itself. Name another patient.');
  if (replacementsOf(from).length > 0) return refused('patient', 'This record was merged before. Name the one in use.');
  if (replacementsOf(into).length > 0) return refused('into', 'This record was merged into another one. Name that one.');
  const records = await repository.transaction(async (inside) => [
    await inside.update<Patient>({ ...linked(from, linkTo(into, 'replaced-by')), active: false }, { ifMatch: from.meta.versionId }),
    await inside.update<Patient>(linked(into, linkTo(from, 'replaces')), { ifMatch: into.meta.versionId }),
  ]);
  return { kind: 'changed', records };
}

/** Records that the patient has died: at a FHIR date or instant, or, without one, only that it is so. */
export async function recordDeath(repository: Repository, patientId: string, at: string | undefined): Promise<RecordChange> {
  const patient = await findResource<Patient>(repository, 'Patient', patientId);
  if (!patient) return noSuch('patient');
  const { deceasedBoolean: _boolean, deceasedDateTime: _dateTime, ...living } = patient;
  const dead = { ...living, ...(at === undefined ? { deceasedBoolean: true } : { deceasedDateTime: at }) } as Stored<Patient>;
  return { kind: 'changed', records: [await repository.update<Patient>(dead, { ifMatch: patient.meta.versionId })] };
}
