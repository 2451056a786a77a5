/**
 * A note that an office gave by its link. The link says whose it is and the office that it is the note, unless the file itself names somebody
 * else or says that it is no note: then it is held, and nobody but those who work that queue sees it.
 */
import { createHash } from 'node:crypto';
import type { Instant } from '@refloop/domain/instant';
import type { Identity } from '@refloop/domain/patient-match/identity';
import type { HeldReason } from '../client/inbound.ts';
import type { OfficeNoteAnswer } from '../client/office.ts';
import { readReferral } from '../services/referral-log.ts';
import type { InboundStanding, StoredInbound } from '../store/inbound-documents.ts';
import type { Unit } from '../store/store.ts';
import { linkKeyOf } from './held-note-of.ts';
import { wasTakenOff } from './hold-again.ts';
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

/** What became of the same press before, whoever decided it; undefined where it comes for the first time. */
export async function becameOfNote(unit: Unit, id: string, referralId: string): Promise<OfficeNoteAnswer['became'] | undefined> {
  const earlier = await unit.inboundDocuments.get(id);
  if (!earlier) return undefined;
  return earlier.standing.status === 'placed' && earlier.standing.referralId === referralId ? 'on-record' : 'held';
}

/** Of a press that comes for the first time, once it is known that the office may give it. */
export async function keepNote(unit: Unit, note: NoteOfLink): Promise<'held' | 'kept'> {
  const { id, referralId, attempt, reading, bytes, at } = note;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const referral = await readReferral(unit, referralId);
  const chart = referral && (await unit.patientIdentities.get(referral.patientId));
  const isBack = referral !== undefined && (await wasTakenOff(unit, referral, sha256));
  const why = againstKeeping(reading, chart?.identity) ?? (isBack ? 'taken-off' : null);
  const insert = async (standing: InboundStanding): Promise<void> => {
    const content: InboundContent = {
      reading,
      type: PDF_TYPE,
      link: { referralId, attempt },
      why,
      note: '',
      although: null,
      heldAgainAt: null,
      tries: 0,
      mail: null,
    };
    const row: StoredInbound = { id, source: 'portal', sha256, receivedAt: at, standing, linkKey: linkKeyOf(referralId, attempt), content };
    await unit.inboundDocuments.insert(row, bytes);
  };
  if (why) {
    await insert({ status: 'held' });
    return 'held';
  }
  await unit.documents.insert({ id, referralId, contentType: PDF_TYPE, sha256, receivedAt: at, bytes });
  await insert({ status: 'placed', at, referralId });
  return 'kept';
}

/** What speaks against a note that an office put with this patient; null where nothing does. */
function againstKeeping(reading: ReadDocument, chart: Identity | undefined): HeldReason | null {
  if (reading.kind === 'unreadable') return null;
  if (chart && namesAnother(reading, chart)) return 'another-patient';
  if (reading.several) return 'names-several';
  return reading.nature === 'own-referral' || reading.nature === 'not-seen' ? reading.nature : null;
}
