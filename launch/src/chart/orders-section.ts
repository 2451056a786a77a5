/** The orders in the chart: what was asked, of whom, how far it is, and the way into the app. */
import { html } from 'hono/html';
import type { SandboxUser } from '../auth/users.ts';
import { isUnsigned } from '../fhir/order-signature.ts';
import type { Html } from './layout.ts';
import { maySign } from './order-signing.ts';
import type { OrderRow } from './orders.ts';
import { codeIn, conceptsText, conceptText, dateText, ICD_10_CM } from './wording.ts';

const STATUS_MARKS: Record<string, string> = { draft: '○', active: '●', completed: '✓', revoked: '✕', 'on-hold': '‖' };

const status = (word: string): Html =>
  html`<span class="status status-${word}"><span aria-hidden="true">${STATUS_MARKS[word] ?? '?'}</span> ${word}</span>`;

const referForm = (row: OrderRow, patientId: string): Html => html`
  <form method="post" action="/patients/${patientId}/launch">
    <input type="hidden" name="order" value="${row.order.id}">
    <button class="primary" type="submit" aria-label="Refer: ${conceptText(row.order.code)}">Refer</button>
  </form>`;

const signForm = (row: OrderRow, patientId: string): Html => html`
  <form method="post" action="/patients/${patientId}/orders/${row.order.id}/sign">
    <button class="primary" type="submit" aria-label="Sign: ${conceptText(row.order.code)}">Sign</button>
  </form>`;

/** What can be done with it now, by this user. */
export function orderAction(row: OrderRow, patientId: string, user: SandboxUser): Html | string {
  if (isUnsigned(row.order)) return maySign(user) ? signForm(row, patientId) : 'A clinician must sign it.';
  return row.isReferral && row.order.status === 'draft' ? referForm(row, patientId) : '';
}

export const orderReason = (row: OrderRow): string => {
  const code = row.order.reasonCode?.[0];
  return [conceptsText(row.order.reasonCode), codeIn(code, ICD_10_CM)].filter((part) => part !== undefined && part !== '').join(' · ');
};

/** By whom, and by which app or service: what came with the loaded charts says nothing. */
const written = (one: { written: string | undefined }): Html | string =>
  one.written === undefined ? '' : html`<div class="written">written by ${one.written}</div>`;

const work = (row: OrderRow, patientId: string): Html => html`
  ${row.notes.map((note) => html`<div>Note: <a href="/patients/${patientId}/documents/${note.id}">${note.title}</a>${written(note)}</div>`)}
  ${row.tasks.map(
    (task) =>
      html`<div>Task: ${task.name}, <strong>${task.status}</strong>${task.stage === '' ? '' : ` (${task.stage})`}${task.owner === '' ? '' : `, ${task.owner}`}${written(task)}</div>`,
  )}
  ${row.provenance.map((one) => html`<div class="provenance">Provenance: ${one.sentence}${written(one)}</div>`)}`;

const orderRow = (row: OrderRow, patientId: string, user: SandboxUser): Html => html`
  <tr data-order="${row.order.id}">
    <td><span class="date">${dateText(row.order.authoredOn)}</span></td>
    <td><strong><a href="/patients/${patientId}/orders/${row.order.id}">${conceptText(row.order.code)}</a></strong><div class="detail">${orderReason(row)}</div>${written(row)}</td>
    <td>${status(row.order.status)}<div class="detail">${isUnsigned(row.order) ? 'waits for a signature, ' : ''}${row.order.priority ?? 'routine'}</div></td>
    <td data-label="Performer">${row.performer === '' ? html`<span class="detail">not chosen</span>` : row.performer}</td>
    <td data-label="Requester">${row.requester}</td>
    <td>${work(row, patientId)}</td>
    <td>${orderAction(row, patientId, user)}</td>
  </tr>`;

export const ordersPanel = (rows: OrderRow[], patientId: string, user: SandboxUser): Html => html`
  <section class="panel" id="orders" aria-labelledby="heading-orders">
    <div class="panel-head">
      <h2 id="heading-orders">Orders <span class="count">${rows.length}</span></h2>
      <form method="post" action="/patients/${patientId}/launch"><button type="submit">New referral</button></form>
    </div>
    ${
      rows.length === 0
        ? html`<p class="empty">No orders recorded.</p>`
        : html`<div class="table-scroll" role="group" aria-labelledby="heading-orders" tabindex="0">
            <table class="stacks">
              <thead><tr>
                <th scope="col">Ordered</th><th scope="col">Order</th><th scope="col">Status</th><th scope="col">Performer</th>
                <th scope="col">Requester</th><th scope="col">Note, work, provenance</th><th scope="col"><span class="hidden">Action</span></th>
              </tr></thead>
              <tbody>${rows.map((row) => orderRow(row, patientId, user))}</tbody>
            </table>
          </div>`
    }
  </section>`;
