/**
 * A mail with documents attached: each of them is taken in as if it had been handed over by itself, and says by which mail it came. The mail is
 * kept as it came.
 */

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { digest } from '../sessions/token.ts';
import type { StoredInbound } from '../store/inbound-documents.ts';
import type { Unit } from '../store/store.ts';
import { contentToRead, inboundContentOf } from './inbound-content.ts';
import { LIMITS } from './read-document.ts';

export const UnpackedMail = z.object({
  kind: z.literal('mail'),
  from: z.string().max(LIMITS.mailLine),
  subject: z.string().max(LIMITS.mailLine),
  text: z.string().max(LIMITS.mailText),
  documents: z.array(z.instanceof(Uint8Array)).min(1).max(LIMITS.attached),
});
export type UnpackedMail = z.infer<typeof UnpackedMail>;

/** What is attached waits to be read in its turn; the mail needs nobody any more. Answers what was taken in. */
export async function takeAttached(unit: Unit, mail: UnpackedMail, document: StoredInbound, at: string): Promise<string[]> {
  const { id: mailId, source, receivedAt } = document;
  const { from, subject, text } = mail;
  const ids: string[] = [];
  for (const attached of mail.documents) {
    const sha256 = createHash('sha256').update(attached).digest('hex');
    // The same file twice in one mail is one document.
    const id = digest(`${mailId}/attached/${sha256}`).slice(0, 40);
    if (ids.includes(id)) continue;
    const content = contentToRead({ id: mailId, from, subject, text });
    const standing = { status: 'waiting' } as const;
    await unit.inboundDocuments.insert({ id, source, sha256, receivedAt, standing, linkKey: null, content }, new Uint8Array(attached));
    ids.push(id);
  }
  const kept = { ...inboundContentOf(document.content), note: UNPACKED };
  await unit.inboundDocuments.settle(mailId, { status: 'set-aside', at }, kept);
  return ids;
}

const UNPACKED = 'A mail: what was attached to it was taken in by itself.';
