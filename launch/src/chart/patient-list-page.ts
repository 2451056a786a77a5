/** The list one starts from. */
import { html } from 'hono/html';
import type { SandboxUser } from '../auth/users.ts';
import { type Html, page } from './layout.ts';
import type { PatientPage } from './patient-search.ts';
import { recordState } from './record-state.ts';
import { birthDateAndAge, patientName, recordNumber } from './wording.ts';

export type PatientListOptions = {
  user: SandboxUser;
  typed: string;
  started: boolean;
  found: PatientPage;
  draftOrders: Map<string, number>;
  today: Date;
};

function nextAddress(typed: string, cursor: string): string {
  const query = new URLSearchParams({ cursor });
  if (typed !== '') query.set('q', typed);
  return `/patients?${query.toString()}`;
}

const draftText = (count: number): string => (count === 0 ? '' : count === 1 ? '1 draft order' : `${count} draft orders`);

const rows = (options: PatientListOptions): Html => html`
  <div class="table-scroll" role="group" aria-label="Patients found" tabindex="0">
    <table>
      <thead><tr>
        <th scope="col">Patient</th><th scope="col">MRN</th><th scope="col">Born</th><th scope="col">Sex</th><th scope="col">Place</th><th scope="col">Orders</th>
      </tr></thead>
      <tbody>
        ${options.found.patients.map(
          (patient) => html`<tr>
            <td><a href="/patients/${patient.id}">${patientName(patient)}</a> ${recordState(patient, options.found.nameOf)}</td>
            <td class="figure">${recordNumber(patient) ?? ''}</td>
            <td>${birthDateAndAge(patient, options.today)}</td>
            <td>${patient.gender ?? ''}</td>
            <td>${[patient.address?.[0]?.city, patient.address?.[0]?.state].filter((part) => part !== undefined).join(', ')}</td>
            <td>${draftText(options.draftOrders.get(patient.id) ?? 0)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;

export const patientListPage = (options: PatientListOptions): Html =>
  page(
    { title: 'Patients', user: options.user, current: 'patients' },
    html`<section class="panel">
      <h1>Patients</h1>
      <form method="get" action="/patients" role="search" class="search">
        <label for="q">Name, record number or date of birth</label>
        <input id="q" name="q" type="search" value="${options.typed}" autocomplete="off">
        <button class="primary" type="submit">Search</button>
        ${options.typed === '' ? '' : html`<a href="/patients">Show all</a>`}
      </form>
      <p role="status">${options.found.total === 1 ? '1 patient' : `${options.found.total} patients`}${options.typed === '' ? '' : ' found'}</p>
      ${options.found.patients.length === 0 ? html`<p class="empty">Nobody matches. Try part of the family name, or the whole date of birth.</p>` : rows(options)}
      <nav class="paging" aria-label="Pages">
        ${options.started ? html`<a href="/patients${options.typed === '' ? '' : `?q=${encodeURIComponent(options.typed)}`}">First page</a>` : ''}
        ${options.found.nextCursor === undefined ? '' : html`<a href="${nextAddress(options.typed, options.found.nextCursor)}">Next page</a>`}
      </nav>
    </section>`,
  );
