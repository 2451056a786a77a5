/** What of a chart may leave now: the consents in force at this moment, not those of the day on which the order was approved. */
import type { FhirResource } from '@refloop/domain/fhir/read';
import { dayOf, type Instant } from '@refloop/domain/instant';
import { consentedLabels } from '@refloop/domain/packet/consent';
import type { PacketItem } from '@refloop/domain/packet/contents';
import { variantOf } from '@refloop/domain/packet/variant';
import type { Referral } from '@refloop/domain/referral/referral';
import type { ReadConsents } from '../ehr/consents-now.ts';
import type { Packet } from '../packet/packet.ts';
import type { Session } from '../sessions/session.ts';
import type { Scope, Store, Unit } from '../store/store.ts';
import { withFound } from './chart-again/chart-found.ts';
import { chartAsOf, contentsAsOf, type KeptInput } from './chart-kept.ts';
import { keptOf } from './kept.ts';
import { requireOwn } from './own-referral.ts';
import { readReferral } from './referral-log.ts';

/** What was read of the chart when the order was approved, with what was found there since; undefined where it is not kept. */
export async function inputKeptWith(unit: Unit, referral: Referral): Promise<KeptInput | undefined> {
  const { order } = referral;
  const stored = order.status === 'draft' ? undefined : await unit.recommendations.get(order.approval.recommendationId);
  return stored && withFound(unit, keptOf(stored).input, referral);
}

async function needsConsent(unit: Unit, referral: Referral, now: Date): Promise<boolean> {
  const kept = await inputKeptWith(unit, referral);
  if (!kept) return false;
  const { withheld } = chartAsOf(kept, { patientId: referral.patientId, today: dayOf(now.toISOString()) });
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

/** Whether consents that cover these security labels cover everything that one packet holds by a consent. */
export type Cover = (labels: ReadonlySet<string>) => boolean;

/** Title, detail and words: what a consent lets out may be a sentence of an item that is there without it. */
const heldBy = ({ id, title, detail, text: sentences }: PacketItem): string => JSON.stringify([id, title, detail, sentences]);

/**
 * Packets put together before consents were asked at reading do not say what they hold by one: the chart that they were made of is read
 * anew, as of the day on which they were made. Of a chart that is not kept nothing can be said, so nothing covers it.
 */
export async function coverOf(unit: Unit, referral: Referral, { chart: part }: Packet): Promise<Cover> {
  if (!part) return () => true;
  const { consented, items, madeAt } = part;
  if (consented) return (labels) => consented.every((label) => labels.has(label));
  const kept = await inputKeptWith(unit, referral);
  if (!kept) return () => false;
  const of = { patientId: referral.patientId, today: dayOf(madeAt) };
  const withholds = chartAsOf(kept, of).withheld.some(({ why }) => why !== 'entered-in-error');
  return (labels) => {
    if (!withholds) return true;
    const chart = chartAsOf(kept, { ...of, consented: labels });
    const covered = contentsAsOf(chart, { specialty: referral.specialty, variant: variantOf(referral), today: of.today }).map(heldBy);
    return items.every((item) => covered.includes(heldBy(item)));
  };
}

const NOTHING: ReadonlySet<string> = new Set();

/** Whether everything that a packet holds by a consent is covered by one still; asked of the EHR only where it holds something of the kind. */
export async function isStillConsented(
  consents: ReadConsents,
  scope: Scope,
  { cover, npi, patientId, now }: { cover: Cover; npi: string; patientId: string; now: Instant },
): Promise<boolean> {
  if (cover(NOTHING)) return true;
  return cover(consentedLabels(await consents(scope, patientId), { patientId, recipientNpi: npi, today: dayOf(now) }));
}
