/** What an office saw by its link, for the accounting of disclosures. */
import type { Referral } from '@refloop/domain/referral/referral';
import type { StoredOfficeLink } from '../store/office-links.ts';
import type { Unit } from '../store/store.ts';

type Read = {
  at: string;
  way: string;
  what: string[];
  sha256?: string;
  to: { name: string; npi: string; organization: string; address: string };
};

/** What an office read is disclosed to it, each time it reads it. */
export async function disclosed(
  unit: Unit,
  link: StoredOfficeLink,
  { id, patientId }: Referral,
  { at, way, what, sha256, to }: Read,
): Promise<void> {
  await unit.disclosures.add({
    id: [link.id, way.replaceAll(/\W+/g, '-'), ...(sha256 ? [sha256.slice(0, 16)] : []), at].join('-'),
    referralId: id,
    patientId,
    at,
    content: { to, what, purpose: 'treatment', way, by: link.madeBy, transmissionId: null, sha256: sha256 ?? null },
  });
}
