/** The order a referral is made from, as the desk holds it. */
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import { isOf } from '@refloop/domain/fhir/patient-of';
import { orderFacts } from '@refloop/domain/request/order-facts';
import { writeBackRung } from '../chart/write-back-rung.ts';
import type { LaunchContext } from '../session/launch-context.ts';
import type { Desk, DeskState } from './desk.ts';

export type OrderInDesk = Pick<DeskState, 'order' | 'orderFacts' | 'writeBack'>;

export function orderInDesk(read: Resource | null, context: Pick<LaunchContext, 'scopes'>, statement: Resource | undefined): OrderInDesk {
  const facts = read ? orderFacts(read) : null;
  // Without a version nobody could tell that the order was changed meanwhile: it is read from, never written over.
  const order = facts?.versionId === undefined ? null : read;
  const launched = facts === null ? 'none' : order === null ? 'without-version' : 'with-version';
  return { order, orderFacts: facts, writeBack: writeBackRung(context.scopes, statement, launched) };
}

/** The reference of the order in hand; null where the referral is made without one. */
export const orderRefOf = ({ order, orderFacts: facts }: Pick<DeskState, 'order' | 'orderFacts'>): string | null =>
  order === null ? null : (facts?.reference ?? null);

/**
 * Takes another order of this patient in hand: the one a prepared referral is about, when Refloop was opened from elsewhere.
 * @returns false where the EHR does not give it; what the desk holds is then as it was
 */
export async function takeOrder(desk: Desk, orderRef: string | null): Promise<boolean> {
  if (orderRefOf(desk.store.get()) === orderRef) return true;
  const read = orderRef === null ? undefined : await desk.ehr.get(orderRef);
  if (read && !read.ok) {
    if (read.refusal.kind === 'signed-out') desk.fail({ kind: 'ehr-signed-out' });
    else desk.store.set({ notice: 'The order of this referral could not be read from the chart just now. Try again in a moment.' });
    return false;
  }
  if (read && !isOf(read.value, desk.patientId, desk.ehr.base)) {
    desk.fail({ kind: 'wrong-patient', where: 'The order' });
    return false;
  }
  desk.store.set(orderInDesk(read?.value ?? null, desk.context, desk.statement));
  return true;
}
