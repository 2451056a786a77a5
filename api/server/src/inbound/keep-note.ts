/**
 * A note that an office gave by its link. The link says whose it is, unless the note itself names somebody else: then it is held, and nobody but
 * those who work that queue sees it.
 */
import { createHash } from 'node:crypto';
import type { Instant } from '@refloop/domain/instant';
import { readReferral } from '../services/referral-log.ts';
import type { InboundStanding, StoredInbound } from '../store/inbound-documents.ts';
import type { Unit } from '../store/store.ts';
import { type InboundContent, PDF_TYPE } from './inbound-content.ts';
import type { ReadDocument } from './read-document.ts';
import { namesAnother } from './route-document.ts';

export type NoteOfLink = {
  id: string;
  referralId: string;
  attempt: number;
  reading: ReadDocument;
  bytes: Uint8Array<ArrayBuffer>;
  at: Instant;
};

export async function keepNote(unit: Unit, note: NoteOfLink): Promise<'held' | 'kept'> {
  const { id, referralId, attempt, reading, bytes, at } = note;
  const earlier = await unit.inboundDocuments.get(id);
  // The same press, sent again: what became of it stands, whoever decided it.
  if (earlier) return earlier.standing.status === 'placed' && earlier.standing.referralId === referralId ? 'kept' : 'held';
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const referral = await readReferral(unit, referralId);
  const chart = referral && (await unit.patientIdentities.get(referral.patientId));
  const another = chart !== undefined && namesAnother(reading, chart.identity);
  const insert = async (standing: InboundStanding, why: InboundContent['why']): Promise<void> => {
    const content: InboundContent = { reading, type: PDF_TYPE, link: { referralId, attempt }, why, note: '' };
    const row: StoredInbound = { id, source: 'portal', sha256, receivedAt: at, standing, linkKey: linkKeyOf(referralId, attempt), content };
    await unit.inboundDocuments.insert(row, bytes);
  };
  if (another) {
    await insert({ status: 'held' }, 'another-patient');
    return 'held';
  }
  await unit.documents.insert({ id, referralId, contentType: PDF_TYPE, sha256, receivedAt: at, bytes });
  await insert({ status: 'placed', at, referralId }, null);
  return 'kept';
}

const linkKeyOf = (referralId: string, attempt: number): string => `${referralId}/${attempt}`;

/** Whether a note that this attempt's office gave is held. */
export const hasHeldNote = (unit: Unit, referralId: string, attempt: number): Promise<boolean> =>
  unit.inboundDocuments.holdsOf(linkKeyOf(referralId, attempt));
