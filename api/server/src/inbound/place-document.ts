/** Puts a document that came in where it belongs: its file with the referral, the report on record, the review owed. */

import type { Actor } from '@refloop/domain/referral/event';
import { type ObservedFact, observe } from '@refloop/domain/referral/observe';
import type { Report } from '@refloop/domain/referral/report';
import { ok } from '@refloop/domain/result';
import { applyDecision } from '../services/referral-log.ts';
import { UPLOADED } from '../services/uploaded.ts';
import type { StoredInbound } from '../store/inbound-documents.ts';
import type { Unit } from '../store/store.ts';
import type { InboundContent } from './inbound-content.ts';
import { unreadable } from './read-document.ts';

export type Placing = {
  referralId: string;
  attempt: number;
  form: Report['form'];
  /** Where it says somebody else, and a person knows better. */
  although?: InboundContent['although'];
};

/** An interim note says so of itself. */
export function formOf({ reading }: InboundContent): Report['form'] {
  const title = reading?.kind === 'read' ? `${reading.title} ${reading.parts[0]?.text.slice(0, 400) ?? ''}` : '';
  return /\b(?:interim|preliminary) (?:note|report|consultation|result)s?\b/i.test(title) ? 'interim' : 'final';
}

/** False where there is no such referral, or no such attempt of it. */
export async function placeDocument(
  unit: Unit,
  document: StoredInbound,
  content: InboundContent,
  { referralId, attempt, form, although = null }: Placing,
  actor: Actor,
  at: string,
): Promise<boolean> {
  const { id, receivedAt, sha256 } = document;
  const reading = content.reading ?? unreadable('other-kind');
  const bytes = await unit.inboundDocuments.file(id);
  if (!bytes) return false;
  const [fromNpi = null] = reading.kind === 'read' ? reading.header.npis : [];
  const fact: ObservedFact = {
    kind: 'report',
    at: receivedAt,
    key: `inbound/${id}`,
    attempt,
    reportId: `inbound/${id}`,
    form,
    document: { type: UPLOADED, id },
    fromNpi,
    matched: true,
  };
  let there = false;
  const applied = await applyDecision(unit, referralId, actor, at, (referral) => {
    there = referral.attempts.some(({ number }) => number === attempt);
    return ok(there ? observe(referral, fact, at) : []);
  });
  if (!applied || !there) return false;
  await unit.documents.insert({ id, referralId, contentType: content.type, sha256, receivedAt, bytes });
  const kept: InboundContent = { ...content, why: null, although, heldAgainAt: null };
  await unit.inboundDocuments.settle(id, { status: 'placed', at, referralId }, kept);
  return true;
}
