/** Takes in what a gateway hands over, reads what waits, and places what is certain. */
import { createHash } from 'node:crypto';
import { problem, type Refusal, Refused } from '../problem.ts';
import { readReferral, withRetry } from '../services/referral-log.ts';
import { digest } from '../sessions/token.ts';
import type { StoredInbound } from '../store/inbound-documents.ts';
import type { Scope, Store, Unit } from '../store/store.ts';
import { type DocumentReader, ReaderNotStarted } from './document-reader.ts';
import { wasTakenOff } from './hold-again.ts';
import { contentToRead, type InboundContent, inboundContentOf, typeOf } from './inbound-content.ts';
import { formOf, placeDocument } from './place-document.ts';
import { type ReadDocument, unreadable } from './read-document.ts';
import { asDocument, type ReturnedMail } from './read-file.ts';
import { takeReturnedMail } from './returned-mail.ts';
import { routeDocument } from './route-document.ts';
import { takeAttached, type UnpackedMail } from './unpacked-mail.ts';

export const INBOUND = 'refloop-inbound';

export type InboundDeps = {
  store: Store;
  read: DocumentReader['read'];
  version: string;
  now: () => Date;
  failed: (error: unknown) => void;
};

export type Handed = { source: StoredInbound['source']; key: string; bytes: Uint8Array };

/**
 * Kept as it is, to be read; the same key twice is the same document.
 * @throws Refused where another file came under this key before: it would be answered as taken and be lost
 */
export async function takeIn(store: Store, scope: Scope, { source, key, bytes }: Handed, at: string): Promise<string> {
  const id = digest(`${source}/${key}`).slice(0, 40);
  const content = contentToRead(null);
  await store.transaction(scope, async (unit) => {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const standing = { status: 'waiting' } as const;
    const row: StoredInbound = { id, source, sha256, receivedAt: at, standing, linkKey: null, content };
    const kept = await unit.inboundDocuments.insert(row, bytes);
    if (kept) await recordInbound(unit, at, 'inbound.taken', { id, source, sha256 });
    else if ((await unit.inboundDocuments.get(id))?.sha256 !== sha256) throw new Refused(otherFile());
  });
  return id;
}

const otherFile = (): Refusal =>
  problem('conflict', 'Another file came under this id before. This one was not taken. Send it under an id of its own.');

/** Nothing of what it says: it is not known yet whose it is. */
async function recordInbound(unit: Unit, at: string, action: `inbound.${string}`, payload: object): Promise<void> {
  await unit.audit.append({ at, actor: { subject: INBOUND, fhirUser: null, sessionId: null }, action, purpose: 'TREAT', payload });
}

const AT_ONCE = 20;
/** So often a document is tried that something fails on; then a person reads it, and those behind it do not wait. */
const MOST_TRIES = 5;

export function createInbound({ store, read, version, now, failed }: InboundDeps): { run: () => Promise<number> } {
  const actor = { kind: 'software', name: INBOUND, version } as const;

  const settle = (scope: Scope, id: string, reading: ReadDocument, type: string): Promise<void> =>
    withRetry(() =>
      store.transaction(scope, async (unit) => {
        const document = await unit.inboundDocuments.take(id);
        // Another process read it meanwhile.
        if (document?.standing.status !== 'waiting') return;
        const at = now().toISOString();
        const content: InboundContent = { ...inboundContentOf(document.content), reading, type };
        const routed = await routeDocument(unit, reading);
        if (routed.kind === 'placed') {
          const { referralId, attempt } = routed.referral;
          const referral = await readReferral(unit, referralId);
          const isBack = referral !== undefined && (await wasTakenOff(unit, referral, document.sha256));
          if (isBack) {
            await unit.inboundDocuments.settle(id, { status: 'held' }, { ...content, why: 'taken-off' });
            await recordInbound(unit, at, 'inbound.held', { id, why: 'taken-off', type });
            return;
          }
          if (await placeDocument(unit, document, content, { referralId, attempt, form: formOf(content) }, actor, at)) {
            await unit.audit.append({
              at,
              actor: { subject: INBOUND, fhirUser: null, sessionId: null },
              action: 'inbound.placed',
              purpose: 'TREAT',
              patientId: routed.patientId,
              referralId,
              payload: { id, attempt, by: 'itself' },
            });
            return;
          }
        }
        const why = routed.kind === 'held' ? routed.why : 'referral-uncertain';
        await unit.inboundDocuments.settle(id, { status: 'held' }, { ...content, why });
        await recordInbound(unit, at, 'inbound.held', { id, why, type });
      }),
    );

  /** True where it was a mail of ours: whatever followed is on record then, or it waits to be read again. */
  const settleReturned = (scope: Scope, id: string, mail: ReturnedMail): Promise<boolean> =>
    withRetry(() =>
      store.transaction(scope, async (unit) => {
        const document = await unit.inboundDocuments.take(id);
        if (document?.standing.status !== 'waiting') return true;
        const at = now().toISOString();
        const whose = await takeReturnedMail(unit, mail, actor, at);
        if (!whose) return false;
        if (whose === 'later') return true;
        const { referralId, patientId, effectId } = whose;
        // Its file goes: what came back may hold the link, or pages.
        await unit.inboundDocuments.settle(id, { status: 'placed', at, referralId }, inboundContentOf(document.content));
        await unit.audit.append({
          at,
          actor: { subject: INBOUND, fhirUser: null, sessionId: null },
          action: 'inbound.mail-returned',
          purpose: 'TREAT',
          patientId,
          referralId,
          payload: { id, effectId },
        });
        return true;
      }),
    );

  const unpack = (scope: Scope, id: string, mail: UnpackedMail): Promise<void> =>
    withRetry(() =>
      store.transaction(scope, async (unit) => {
        const document = await unit.inboundDocuments.take(id);
        if (document?.standing.status !== 'waiting') return;
        const at = now().toISOString();
        const documents = await takeAttached(unit, mail, document, at);
        await recordInbound(unit, at, 'inbound.unpacked', { id, documents });
      }),
    );

  const triedInVain = (scope: Scope, id: string): Promise<void> =>
    withRetry(() =>
      store.transaction(scope, async (unit) => {
        const document = await unit.inboundDocuments.take(id);
        if (document?.standing.status !== 'waiting') return;
        const earlier = inboundContentOf(document.content);
        const tries = earlier.tries + 1;
        if (tries < MOST_TRIES) {
          await unit.inboundDocuments.settle(id, { status: 'waiting' }, { ...earlier, tries });
          return;
        }
        const reading = unreadable('failed');
        const type = typeOf(reading, (await unit.inboundDocuments.file(id)) ?? new Uint8Array());
        await unit.inboundDocuments.settle(id, { status: 'held' }, { ...earlier, tries, reading, type, why: 'unreadable' });
        await recordInbound(unit, now().toISOString(), 'inbound.held', { id, why: 'unreadable', type });
      }),
    );

  return {
    run: async () => {
      let count = 0;
      for (const scope of await store.scopes()) {
        const waiting = await store.transaction(scope, (unit) => unit.inboundDocuments.open({ status: 'waiting', limit: AT_ONCE }));
        for (const { id } of waiting) {
          try {
            const bytes = await store.transaction(scope, (unit) => unit.inboundDocuments.file(id));
            if (!bytes) continue;
            const file = await read(bytes);
            count += 1;
            if (file.kind === 'mail') {
              await unpack(scope, id, file);
              continue;
            }
            const isOurs = file.kind === 'returned-mail' && (await settleReturned(scope, id, file));
            const reading = asDocument(file);
            if (!isOurs) await settle(scope, id, reading, typeOf(reading, bytes));
          } catch (error) {
            failed(error);
            // It is no document's fault, and no other one could be read now.
            if (error instanceof ReaderNotStarted) return count;
            await triedInVain(scope, id).catch(failed);
          }
        }
      }
      return count;
    },
  };
}
