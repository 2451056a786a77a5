/** Which patient an app that launched by itself is to see. */
import { html } from 'hono/html';
import type { SandboxUser } from '../auth/users.ts';
import { type Html, page } from './layout.ts';
import type { PatientPage } from './patient-search.ts';
import { recordStateText } from './record-state.ts';
import { birthDateAndAge, patientName, recordNumber } from './wording.ts';

export type PickerOptions = {
  app: string;
  user: SandboxUser;
  interaction: string;
  typed: string;
  found: PatientPage;
  today: Date;
};

const hidden = (name: string, value: string): Html => html`<input type="hidden" name="${name}" value="${value}">`;

/** Every step is a form: the secret of the interaction stays out of addresses. */
export const patientPickerPage = (options: PickerOptions): Html =>
  page(
    { title: 'Choose a patient' },
    html`<section class="panel">
      <h1>Choose a patient for ${options.app}</h1>
      <p>You are signed in as ${options.user.name}. ${options.app} will see the chart of the patient you choose, and no other.</p>
      <form method="post" action="/auth/patient-search" role="search" class="search">
        ${hidden('interaction', options.interaction)}
        <label for="q">Name, record number or date of birth</label>
        <input id="q" name="q" type="search" value="${options.typed}" autocomplete="off">
        <button type="submit">Search</button>
      </form>
      <p role="status">${options.found.total === 1 ? '1 patient' : `${options.found.total} patients`}</p>
      <form method="post" action="/auth/patient">
        ${hidden('interaction', options.interaction)}
        <ul class="choices">
          ${options.found.patients.map(
            (patient) => html`<li><button class="choice" type="submit" name="patient" value="${patient.id}">
              <span class="choice-name">${patientName(patient)}</span>
              <span class="choice-detail">${[
                birthDateAndAge(patient, options.today),
                `MRN ${recordNumber(patient) ?? 'not recorded'}`,
                ...recordStateText(patient, options.found.nameOf),
              ].join(' · ')}</span>
            </button></li>`,
          )}
        </ul>
      </form>
      ${
        options.found.nextCursor === undefined
          ? ''
          : html`<form method="post" action="/auth/patient-search">
              ${hidden('interaction', options.interaction)} ${hidden('q', options.typed)} ${hidden('cursor', options.found.nextCursor)}
              <button type="submit">Next patients</button>
            </form>`
      }
      <form method="post" action="/auth/deny">${hidden('interaction', options.interaction)}<button class="quiet" type="submit">Cancel</button></form>
    </section>`,
  );
