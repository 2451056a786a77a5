/** The worklist of a specialist's office in its own EHR, so that the sandbox can play both sides. */
import { html } from 'hono/html';
import { type Html, page } from '../chart/layout.ts';
import { birthDateAndAge, conceptsText, conceptText, patientName, timeText } from '../chart/wording.ts';
import { actsOn, type OfficeAct } from './office-acts.ts';
import type { Office, OfficeTask } from './office-work.ts';

export const officesPage = (offices: readonly Office[]): Html =>
  page(
    { title: 'Offices' },
    html`<section class="panel">
      <h1>Offices</h1>
      <p>Specialists' offices that were sent a Task. Each sees it in its own EHR, which is played here.</p>
      ${
        offices.length === 0
          ? html`<p class="empty">Nothing has come yet. Send a packet by FHIR from the worklist of a coordinator.</p>`
          : html`<ul class="choices">${offices.map(
              ({ npi, name, waiting, tasks }) =>
                html`<li><a href="/offices/${npi}">${name}</a> <span class="detail">${waiting} of ${tasks} to do</span></li>`,
            )}</ul>`
      }
    </section>`,
  );

/** What each act asks for besides the press. */
const FIELDS: Partial<Record<OfficeAct, Html>> = {
  decline: html`<label>Why <select name="reason">
    ${['not taking patients', 'wrong specialty', 'not in plan', 'packet incomplete', 'out of area', 'other'].map((reason) => html`<option>${reason}</option>`)}
  </select></label>`,
  book: html`<label>Day and time (UTC) <input type="datetime-local" name="startsAt" required></label>`,
  note: html`<label>Note <textarea name="text" rows="4" required maxlength="20000"></textarea></label>`,
};

const LABELS: Record<OfficeAct, string> = {
  accept: 'Accept',
  decline: 'Decline',
  book: 'Book',
  'no-show': 'The patient did not come',
  seen: 'The patient was seen',
  note: 'Send the note',
  'confirm-cancellation': 'Confirm the cancellation',
};

const actForm = (npi: string, { id, meta }: OfficeTask['task'], act: OfficeAct, first: boolean): Html => html`
  <form method="post" action="/offices/${npi}/tasks/${id}" class="office-act" aria-label="${LABELS[act]}">
    <input type="hidden" name="version" value="${meta.versionId}">
    ${FIELDS[act] ?? ''}
    <button ${first ? html`class="primary"` : ''} type="submit" name="act" value="${act}">${LABELS[act]}</button>
  </form>`;

function taskArticle(npi: string, { task, patient, order, note, appointments }: OfficeTask, today: Date): Html {
  const name = patient ? patientName(patient) : 'Patient not found';
  const stage = task.businessStatus?.text ?? task.status;
  const acts = actsOn(task);
  const facts = [
    order ? conceptText(order.code) : '',
    order?.priority ?? 'routine',
    `asked for by ${task.requester?.display ?? 'nobody named'}`,
    `order ${order?.status ?? 'not found'}`,
  ].filter((fact) => fact !== '');
  return html`<article class="panel" aria-label="${name}">
    <h2>${name}</h2>
    <p class="detail">${patient ? birthDateAndAge(patient, today) : ''}</p>
    <p><strong>${stage}</strong> · ${conceptsText(order?.reasonCode)}</p>
    <p class="detail">${facts.join(' · ')}</p>
    ${appointments.map(({ start, status }) => html`<p class="detail">Appointment ${timeText(start)}: ${status}</p>`)}
    ${note === '' ? '' : html`<details><summary>Referral note</summary><div class="document-text">${note}</div></details>`}
    ${
      acts.length === 0
        ? html`<p class="empty">Nothing more is to be done.</p>`
        : html`<div class="office-acts">${acts.map((act, index) => actForm(npi, task, act, index === 0))}</div>`
    }
  </article>`;
}

export const officePage = (npi: string, tasks: readonly OfficeTask[], told: string, today: Date): Html => {
  const name = tasks[0]?.task.owner?.display ?? `NPI ${npi}`;
  return page(
    { title: `The office of ${name}` },
    html`<section class="panel">
        <h1>The office of ${name}</h1>
        <p>NPI ${npi}. What is done here is written by the office's own EHR; Refloop finds it out by looking.</p>
        <p><a href="/offices">All offices</a></p>
        <p role="status">${told}</p>
      </section>
      ${tasks.length === 0 ? html`<p class="empty">Nothing was sent to this office.</p>` : tasks.map((task) => taskArticle(npi, task, today))}`,
  );
};
