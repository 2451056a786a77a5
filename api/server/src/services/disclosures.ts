/**
 * The accounting of disclosures (45 CFR 164.528): six years back, what went or was read, to whom and for what. Those for treatment need not be
 * accounted for (164.528(a)(1)(i)); a patient who asks is told of them all the same.
 */
import { type Referral } from '@refloop/domain/referral/referral';
import type { Disclosure, Disclosures } from '../client/packet.ts';
import type { Refusal } from '../problem.ts';
import { actorOf, type Session } from '../sessions/session.ts';
import type { StoredDisclosure } from '../store/disclosures.ts';
import type { Store, Unit } from '../store/store.ts';
import { readReferral } from './referral-log.ts';

export type DisclosureService = {
  account: (session: Session, patientId: string, now: Date) => Promise<Disclosures | Refusal>;
  csv: (session: Session, patientId: string, now: Date) => Promise<Uint8Array<ArrayBuffer> | Refusal>;
};

const YEARS = 6;

const sinceOf = (now: Date): string => {
  const since = new Date(now);
  since.setUTCFullYear(since.getUTCFullYear() - YEARS);
  return since.toISOString();
};

type Standing = 'read' | 'sent' | 'delivered' | 'failed';

function standingOf({ content: { transmissionId } }: StoredDisclosure, referral: Referral | undefined): Standing {
  if (transmissionId === null) return 'read';
  const sent = referral?.attempts.flatMap(({ transmissions }) => transmissions).find(({ id }) => id === transmissionId);
  return sent?.status ?? 'sent';
}

export function createDisclosureService({ store }: { store: Store }): DisclosureService {
  async function accountIn(unit: Unit, patientId: string, since: string): Promise<Disclosure[]> {
    const names = new Map((await unit.grants.list()).map(({ subject, name }) => [subject, name ?? subject]));
    const referrals = new Map<string, Referral | undefined>();
    const lines: Disclosure[] = [];
    for (const stored of await unit.disclosures.ofPatient(patientId)) {
      if (stored.at < since) continue;
      if (!referrals.has(stored.referralId)) referrals.set(stored.referralId, await readReferral(unit, stored.referralId));
      const standing = standingOf(stored, referrals.get(stored.referralId));
      if (standing === 'failed') continue;
      const { to, what, purpose, way, by, sha256 } = stored.content;
      lines.push({
        at: stored.at,
        recipient: to.name,
        npi: to.npi,
        organization: to.organization,
        address: to.address,
        what,
        purpose,
        way,
        by: names.get(by) ?? by,
        standing,
        sha256,
        referralId: stored.referralId,
      });
    }
    return lines;
  }

  const account = (session: Session, patientId: string, now: Date): Promise<Disclosures> =>
    store.transaction(session.scope, async (unit) => {
      const since = sinceOf(now);
      const disclosures = await accountIn(unit, patientId, since);
      await unit.audit.append({
        at: now.toISOString(),
        actor: actorOf(session),
        action: 'disclosures.read',
        purpose: 'HOPERAT',
        patientId,
        payload: { since, count: disclosures.length },
      });
      return { patientId, since, disclosures };
    });

  return {
    account,
    csv: async (session, patientId, now) => new TextEncoder().encode(csvOf((await account(session, patientId, now)).disclosures)),
  };
}

const COLUMNS = [
  'at',
  'recipient',
  'npi',
  'organization',
  'address',
  'what',
  'purpose',
  'way',
  'by',
  'standing',
  'sha256',
  'referralId',
] as const;

/** A value that a spreadsheet would take for a formula is put behind an apostrophe (OWASP, CSV injection); RFC 4180 quotes the rest. */
function cell(value: string): string {
  const plain = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

const csvOf = (lines: readonly Disclosure[]): string =>
  [COLUMNS.join(','), ...lines.map((line) => COLUMNS.map((column) => cell([line[column] ?? ''].flat().join('; '))).join(','))]
    .map((row) => `${row}\r\n`)
    .join('');
