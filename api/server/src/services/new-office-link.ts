/** A link of a specialist's office is made, whoever asks for it: kept as its digest alone, and on record. */
import type { AuditActor } from '@refloop/domain/audit/entry';
import type { Attempt } from '@refloop/domain/referral/attempt';
import type { Referral } from '@refloop/domain/referral/referral';
import { digest, newToken } from '../sessions/token.ts';
import type { Unit } from '../store/store.ts';

/** As long as the safety net after an order waits for a note (R121), and the same again. Ours. */
const LINK_DAYS = 60;
const DAY_MS = 86_400_000;

export const expiryOf = (now: Date): string => new Date(now.getTime() + LINK_DAYS * DAY_MS).toISOString();

export type LinkAbout = { id: string; referral: Referral; attempt: Attempt; now: Date };

/** A link beside those that open already. @param by who makes it @param closed ids of links in whose place it stands */
export async function addLink(
  unit: Unit,
  by: { subject: string; actor: AuditActor },
  { id, referral, attempt, now }: LinkAbout,
  closed: readonly string[] = [],
): Promise<string> {
  const at = now.toISOString();
  const link = newToken();
  const { npi } = attempt.performer;
  const expiresAt = expiryOf(now);
  await unit.officeLinks.insert({
    id,
    tokenHash: digest(link),
    referralId: referral.id,
    attempt: attempt.number,
    npi,
    madeBy: by.subject,
    madeAt: at,
    expiresAt,
  });
  await unit.audit.append({
    at,
    actor: by.actor,
    action: 'office-link.made',
    purpose: 'TREAT',
    referralId: referral.id,
    patientId: referral.patientId,
    payload: { link: id, attempt: attempt.number, npi, expiresAt, closed: [...closed] },
  });
  return link;
}
