/** What one must know before using a record: that its patient has died, or that it is no longer the record to use. */
import type { Patient, Reference } from '@medplum/fhirtypes';
import { html } from 'hono/html';
import type { Html } from './layout.ts';
import type { NameOf } from './reference-names.ts';
import { dateText, idIn } from './wording.ts';

/** "Deceased, 30 Oct 2026"; undefined of the living. */
export function deathText(patient: Patient): string | undefined {
  if (patient.deceasedDateTime !== undefined) return `Deceased, ${dateText(patient.deceasedDateTime)}`;
  return patient.deceasedBoolean === true ? 'Deceased, date not recorded' : undefined;
}

/** The records to use in place of this one (R4 Patient.link, `replaced-by`). */
export const replacementsOf = (patient: Patient): Reference[] =>
  (patient.link ?? []).filter(({ type }) => type === 'replaced-by').map(({ other }) => other);

const isClosed = (patient: Patient): boolean => patient.active === false && replacementsOf(patient).length === 0;

/** As sentences without links, for a place that is a button itself. */
export const recordStateText = (patient: Patient, nameOf: NameOf): string[] => [
  ...[deathText(patient) ?? []].flat(),
  ...replacementsOf(patient).map((other) => `Merged into ${nameOf(other)}`),
  ...(isClosed(patient) ? ['Record not in use'] : []),
];

function replacement(other: Reference, nameOf: NameOf): Html {
  const id = idIn(other, 'Patient');
  return id === undefined ? html`Merged into ${nameOf(other)}` : html`Merged into <a href="/patients/${id}">${nameOf(other)}</a>`;
}

/** The same, with a link to the record that took this one's place. Nothing where there is nothing to know. */
export const recordState = (patient: Patient, nameOf: NameOf): Html[] => [
  ...[deathText(patient) ?? []].flat().map((text) => html`<span class="record-state">${text}</span>`),
  ...replacementsOf(patient).map((other) => html`<span class="record-state">${replacement(other, nameOf)}</span>`),
  ...(isClosed(patient) ? [html`<span class="record-state">Record not in use</span>`] : []),
];
