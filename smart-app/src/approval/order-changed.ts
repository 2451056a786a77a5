/** The order in the chart is no longer the one the clinician saw: nothing is merged, the difference is shown, approved again. */

import type { Resource } from '@refloop/domain/fhir/ehr-port';
import { isOf } from '@refloop/domain/fhir/patient-of';
import { orderFacts } from '@refloop/domain/request/order-facts';
import { orderDifference } from '../chart/order-difference.ts';
import type { Desk } from '../refer/desk.ts';
import { makeRecommendation } from '../refer/draft-flow.ts';
import { askOpenWork, hasOpenWork } from '../refer/open-work.ts';
import { rebaseRequest } from '../refer/request-form.ts';
import { startNew } from '../refer/start-desk.ts';

const refuseHere = (desk: Desk, notice: string): void => desk.store.set({ approval: { kind: 'editing' }, notice });

/** Shows what changed between the version the clinician saw and the one in the chart. */
export function showChangedOrder(desk: Desk, seen: Resource, now: Resource): void {
  desk.store.set({ approval: { kind: 'order-changed', order: now, changes: orderDifference(seen, now) }, notice: '' });
}

/** The order of an earlier approval changed, and this page was opened from another one: there is nothing here to compare it with. */
export async function tellOrderChangedElsewhere(desk: Desk): Promise<void> {
  await askOpenWork(desk);
  if (!hasOpenWork(desk.store.get().openWork)) await startNew(desk);
  refuseHere(
    desk,
    'The order of that referral changed in the chart before it was written, so its approval lapsed. Open Refloop from that order to see the change and approve again.',
  );
}

/** The server or the EHR says that the order has a newer version than the one approved: show it. */
export async function rereadOrder(desk: Desk): Promise<void> {
  const seen = desk.store.get().order;
  if (!seen) return refuseHere(desk, 'The order has changed in the chart. Open Refloop from the order again.');
  const read = await desk.ehr.get(`ServiceRequest/${seen.id}`);
  if (!read.ok) return refuseHere(desk, 'The order has changed in the chart and could not be read again. Try once more in a moment.');
  if (!isOf(read.value, desk.patientId, desk.ehr.base)) return desk.fail({ kind: 'wrong-patient', where: 'The order' });
  showChangedOrder(desk, seen, read.value);
}

/** The clinician has seen the difference: the recommendation is made again on the new version, to be approved again. */
export async function takeChangedOrder(desk: Desk): Promise<void> {
  const { approval, orderFacts: before } = desk.store.get();
  if (approval.kind !== 'order-changed') return;
  const facts = orderFacts(approval.order);
  desk.store.set((state) => ({
    order: approval.order,
    orderFacts: facts,
    request: before ? rebaseRequest(state.request, before, facts) : state.request,
    approval: { kind: 'editing' },
    notice: 'The request and the note now follow the changed order. Review and approve again.',
    chart: state.chart && {
      ...state.chart,
      resources: state.chart.resources.map((resource) =>
        resource.resourceType === 'ServiceRequest' && resource.id === approval.order.id ? approval.order : resource,
      ),
    },
  }));
  await makeRecommendation(desk);
}
