/**
 * A note that was taken off a referral is held again, as another document that came in: it is kept, and placed with the referral that it is of.
 * What it was stands where it stood: the row of its first placing, its file with that referral, and who read it.
 */
import { createHash } from 'node:crypto';
import type { Instant } from '@refloop/domain/instant';
import type { Referral } from '@refloop/domain/referral/referral';
import { isHeldAgain, type Report } from '@refloop/domain/referral/report';
import { UPLOADED } from '../services/uploaded.ts';
import type { Unit } from '../store/store.ts';
import { contentToRead, type InboundContent, inboundContentOf } from './inbound-content.ts';

/** The same for the same taking off. */
const idAgain = (documentId: string, { id }: Referral, { takenOff }: Report): string =>
  createHash('sha256')
    .update(JSON.stringify([documentId, id, takenOff]))
    .digest('hex')
    .slice(0, 32);

/** The same file was taken off this referral before: it does not come back by itself, under whatever id it is handed in. */
export async function wasTakenOff(unit: Unit, { reports }: Referral, sha256: string): Promise<boolean> {
  for (const report of reports) {
    if (!isHeldAgain(report) || !report.document) continue;
    if ((await unit.documents.get(report.document.id))?.sha256 === sha256) return true;
  }
  return false;
}

export async function holdAgain(unit: Unit, referral: Referral, report: Report, at: Instant): Promise<void> {
  if (report.document?.type !== UPLOADED) return;
  const document = await unit.documents.get(report.document.id);
  if (!document) return;
  const earlier = await unit.inboundDocuments.get(document.id);
  const kept: InboundContent = earlier ? inboundContentOf(earlier.content) : { ...contentToRead(null), type: document.contentType };
  const content: InboundContent = { ...kept, link: null, why: 'taken-off', note: '', although: null, heldAgainAt: at };
  const row = {
    id: idAgain(document.id, referral, report),
    source: earlier?.source ?? ('portal' as const),
    sha256: document.sha256,
    // When it came, which the measure counts by, whoever's it is.
    receivedAt: document.receivedAt,
    standing: { status: 'held' as const },
    linkKey: null,
    content,
  };
  await unit.inboundDocuments.insert(row, document.bytes);
}
