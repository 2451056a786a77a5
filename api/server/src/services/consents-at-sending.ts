/** What of a chart may leave now: the consents in force at this moment, not those of the day on which the order was approved. */
import { readChart } from '@refloop/domain/chart/read-chart';
import type { FhirResource } from '@refloop/domain/fhir/read';
import { dayOf, type Instant } from '@refloop/domain/instant';
import { consentedLabels } from '@refloop/domain/packet/consent';
import type { Referral } from '@refloop/domain/referral/referral';
import type { ReadConsents } from '../ehr/consents-now.ts';
import type { Packet } from '../packet/packet.ts';
import type { Session } from '../sessions/session.ts';
import type { Scope, Store, Unit } from '../store/store.ts';
import { keptOf } from './kept.ts';
import { readReferral } from './referral-log.ts';
import { requireOwn } from './worklist.ts';

/** All that was read of the chart when the order was approved, as FHIR; undefined where it is not kept. */
export async function chartKeptWith(unit: Unit, { order }: Referral): Promise<readonly FhirResource[] | undefined> {
  const stored = order.status === 'draft' ? undefined : await unit.recommendations.get(order.approval.recommendationId);
  if (!stored) return undefined;
  const { chart, order: launched } = keptOf(stored).input;
  return [...chart, ...(launched ? [launched] : [])] as unknown as FhirResource[];
}

async function needsConsent(unit: Unit, referral: Referral, now: Date): Promise<boolean> {
  const chart = await chartKeptWith(unit, referral);
  const { withheld } = readChart(chart ?? [], { patientId: referral.patientId, today: dayOf(now.toISOString()) });
  return withheld.some(({ why }) => why !== 'entered-in-error');
}

/** Asked of the EHR only where something of the chart needs one; none where it cannot be asked. */
export async function consentsFor(
  { store, consents }: { store: Store; consents: ReadConsents },
  session: Session,
  referralId: string,
  now: Date,
): Promise<readonly FhirResource[]> {
  const patientId = await store.transaction(session.scope, async (unit) => {
    await requireOwn(unit, session, referralId);
    const referral = await readReferral(unit, referralId);
    return referral && (await needsConsent(unit, referral, now)) ? referral.patientId : undefined;
  });
  return patientId === undefined ? [] : consents(session.scope, patientId);
}

/** Whether everything that a packet holds by a consent is covered by one still. */
export async function isStillConsented(
  consents: ReadConsents,
  scope: Scope,
  { packet, patientId, now }: { packet: Packet; patientId: string; now: Instant },
): Promise<boolean> {
  const by = packet.chart?.consented ?? [];
  if (by.length === 0) return true;
  const { npi } = packet.specialist;
  const covered = consentedLabels(await consents(scope, patientId), { patientId, recipientNpi: npi, today: dayOf(now) });
  return by.every((label) => covered.has(label));
}
