/** The packet on the worklist: looked at, prepared, and sent by one press. What is sent is kept as it went, and accounted for. */
import { FILE_TYPES } from '@refloop/domain/packet/file';
import type { Hold } from '@refloop/domain/packet/readiness';
import { channelOf, waysOf } from '@refloop/domain/packet/way';
import { decideCare } from '@refloop/domain/referral/care-command';
import type { Referral } from '@refloop/domain/referral/referral';
import { ok } from '@refloop/domain/result';
import { faxNumber } from '../channels/fax.ts';
import { faxesBy } from '../channels/settings.ts';
import type { PacketAnswer, PacketSent, PacketView, PreparePacket, SendPacket } from '../client/packet.ts';
import { packetBundle } from '../packet/packet-bundle.ts';
import { packetCcda, type SentPacket } from '../packet/packet-ccda.ts';
import { packetPdf } from '../packet/packet-pdf.ts';
import { whyNotEnclosed } from '../packet/packet-words.ts';
import { problem, type Refusal, Refused } from '../problem.ts';
import { actorOf, personOf, type Session } from '../sessions/session.ts';
import type { Scope, Unit } from '../store/store.ts';
import { answerAuthorization, recordSettled } from './authorization-answer.ts';
import { careRefusal } from './care-refusal.ts';
import { keepLacking } from './lacking-kept.ts';
import { noSuchReferral, requireOwn } from './own-referral.ts';
import { type AskedOfEhr, type AskingDeps, askingEhr } from './packet-asked.ts';
import { type AssembledPacket, assemblePacket } from './packet-assembly.ts';
import { TO_LOOK, TO_SEND } from './packet-files.ts';
import { askOutside, type LeavingDeps } from './packet-leaving.ts';
import { preparedWith } from './packet-preparation.ts';
import { keepAsItGoes } from './packet-went.ts';
import { holdWords } from './packet-words.ts';
import { applyDecision, readReferral, withPress } from './referral-log.ts';

export const PACKET_FORMS = ['pdf', 'fhir', 'ccda'] as const;
export type PacketForm = (typeof PACKET_FORMS)[number];

export type PacketService = {
  view: (session: Session, referralId: string, now: Date) => Promise<PacketAnswer | Refusal>;
  prepare: (session: Session, referralId: string, asked: PreparePacket, now: Date) => Promise<PacketAnswer | Refusal>;
  send: (session: Session, referralId: string, asked: SendPacket, now: Date) => Promise<PacketSent | Refusal>;
  /** As it would go now. */
  file: (session: Session, referralId: string, form: PacketForm, now: Date) => Promise<Uint8Array<ArrayBuffer> | Refusal>;
  /** One image or document of it, to be looked at before it goes. */
  enclosed: (session: Session, referralId: string, sha256: string, now: Date) => Promise<Uint8Array<ArrayBuffer> | Refusal>;
};

export type PacketDeps = AskingDeps &
  LeavingDeps & {
    newId: () => string;
    /** How the directory in force says this office is reached, the preferred way first. */
    channelsOf: (entryId: string) => readonly Parameters<typeof waysOf>[0]['channels'][number][];
    /** Whether Refloop may move Tasks in this EHR. */
    tracks: (scope: Scope) => boolean;
  };

const NO_PACKET = 'What the clinician approved is not kept with this referral, or nobody is asked, so there is no packet.';
const NO_FILE = 'This packet holds no such file now: it changed in the chart, or did not come in time. Look at the packet again.';
const CHANGED = 'Something happened to this referral or its packet since it was shown. Nothing was done. Look at it again.';

type Found = { referral: Referral; assembled: AssembledPacket };

export function createPacketService(deps: PacketDeps): PacketService {
  const { store, newId, channels } = deps;

  const askEhr = askingEhr(deps);

  async function find(
    unit: Unit,
    session: Session,
    referralId: string,
    now: Date,
    { consents, files }: AskedOfEhr,
  ): Promise<Found | 'none'> {
    await requireOwn(unit, session, referralId);
    const referral = await readReferral(unit, referralId);
    if (!referral || referral.order.status === 'draft') throw new Refused(noSuchReferral());
    const assembled = await assemblePacket(unit, referral, deps, now, consents, files);
    return assembled ? { referral, assembled } : 'none';
  }

  const recorded = (unit: Unit, session: Session, { referral }: Found, now: Date, action: `packet.${string}`, payload: object) =>
    unit.audit.append({
      at: now.toISOString(),
      actor: actorOf(session),
      action,
      purpose: 'TREAT',
      referralId: referral.id,
      patientId: referral.patientId,
      payload,
    });

  const offeredTo = ({ attempt, packet }: AssembledPacket, scope: Scope) =>
    waysOf(
      { channels: deps.channelsOf(attempt.performer.entryId), hasFax: faxNumber(packet.specialist.fax) !== undefined },
      { mail: channels.smtp !== undefined, fax: faxesBy(channels) !== undefined, fhir: deps.tracks(scope) },
    );

  async function viewOf(unit: Unit, { referral, assembled }: Found, scope: Scope): Promise<PacketView> {
    const { packet, preparation, items, requirements, withheld } = assembled;
    const names = new Map((await unit.grants.list()).map(({ subject, name }) => [subject, name ?? subject]));
    const nameOf = (subject: string): string => names.get(subject) ?? subject;
    const { preferred, ways } = offeredTo(assembled, scope);
    const checked = assembled.holds.some(({ kind }) => kind === 'to-be-checked') ? null : preparation.checked;
    return {
      referralId: referral.id,
      sequence: referral.decidedSequence,
      revision: assembled.revision,
      recipient: {
        name: packet.specialist.name,
        organization: packet.specialist.organization,
        phone: packet.specialist.phone,
        fax: packet.specialist.fax,
      },
      variant: packet.chart.variant,
      answerWithin: packet.chart.answerWithin,
      items: items.map(({ id, section, title, detail, date, because, foundOn }) => ({
        id,
        section,
        title,
        detail,
        date,
        because,
        foundOn: foundOn ?? null,
        removed: preparation.removed.includes(id),
        file: fileOfItem(packet.chart.files, id),
      })),
      sentAt: attemptSentAt(assembled),
      filesGo: packet.chart.files !== undefined,
      requirements: requirements.map(({ id, label, standing }) => ({ id, label, standing })),
      withheld,
      authorization: packet.chart.authorization,
      payer: assembled.payer,
      callback: packet.chart.callback,
      teeth: [...packet.chart.teeth],
      override: preparation.override && {
        reason: preparation.override.reason,
        by: nameOf(preparation.override.by),
        at: preparation.override.at,
      },
      checked: checked && { by: nameOf(checked.by), at: checked.at },
      holds: assembled.holds.map((hold) => ({ kind: shownKind(hold), words: holdWords(hold, nameOf) })),
      ways: ways.map(({ way, hindrance }) => ({ way, preferred: way === preferred, hindrance })),
    };
  }

  return {
    view: async (session, referralId, now) => {
      const asked = await askEhr(session, referralId, now, TO_LOOK);
      return store.transaction(session.scope, async (unit): Promise<PacketAnswer> => {
        const found = await find(unit, session, referralId, now, asked);
        if (found === 'none') return { standing: 'none', why: NO_PACKET };
        await recorded(unit, session, found, now, 'packet.read', { revision: found.assembled.revision });
        return { standing: 'there', packet: await viewOf(unit, found, session.scope) };
      });
    },

    prepare: async (session, referralId, { revision, what }, now) => {
      // What is put back is looked for once it is in again: files that are asked for twice would outlast whoever waits.
      const asked = await askEhr(session, referralId, now, what.change === 'restore' ? 'without-files' : TO_LOOK);
      const prepared = await store.transaction(session.scope, async (unit): Promise<PacketAnswer> => {
        // First, here and in sending: two that take referral and packet in turn would wait for each other.
        await unit.events.hold(referralId);
        const found = await find(unit, session, referralId, now, asked);
        if (found === 'none') throw new Refused(problem('conflict', NO_PACKET));
        const { assembled } = found;
        const content = preparedWith(assembled, what, { by: session.subject, at: now.toISOString() });
        if ('refused' in content) throw new Refused(content);
        const kept = {
          referralId,
          attempt: assembled.attempt.number,
          revision: revision + 1,
          content,
          updatedAt: now.toISOString(),
        };
        if (assembled.revision !== revision || !(await unit.packetPreparations.put(kept))) throw new Refused(problem('conflict', CHANGED));
        await keepLacking(unit, referralId, now.toISOString());
        await recorded(unit, session, found, now, 'packet.prepared', what);
        const after = await find(unit, session, referralId, now, asked);
        if (after === 'none') throw new Refused(problem('conflict', NO_PACKET));
        return { standing: 'there', packet: await viewOf(unit, after, session.scope) };
      });
      if (what.change !== 'restore') return prepared;
      const withFiles = async (): Promise<PacketAnswer> => {
        const ofEhr = await askEhr(session, referralId, now, TO_LOOK);
        return store.transaction(session.scope, async (unit): Promise<PacketAnswer> => {
          const found = await find(unit, session, referralId, now, ofEhr);
          return found === 'none' ? prepared : { standing: 'there', packet: await viewOf(unit, found, session.scope) };
        });
      };
      // It is done, whatever becomes of the look.
      return withFiles().catch(() => prepared);
    },

    send: async (session, referralId, asked, now) => {
      // With the Task in the EHR no file goes, so none is fetched.
      const ofEhr = await askEhr(session, referralId, now, asked.way === 'fhir' ? 'without-files' : TO_SEND);
      return withPress(() =>
        store.transaction(session.scope, async (unit): Promise<PacketSent> => {
          await unit.events.hold(referralId);
          const shown = await find(unit, session, referralId, now, ofEhr);
          if (shown === 'none') throw new Refused(problem('conflict', NO_PACKET));
          const { referral } = shown;
          const { attempt } = shown.assembled;
          const factKey = `packet/${asked.key}`;
          const specialist = attempt.performer.display;
          // The same press: it has gone already, and a link is shown once.
          if (referral.factKeys.includes(factKey)) return { way: asked.way, link: null, specialist };
          if (referral.decidedSequence !== asked.sequence || shown.assembled.revision !== asked.revision) {
            throw new Refused(problem('conflict', CHANGED));
          }
          const at = now.toISOString();
          const { authorization: answer } = asked;
          const about = { referralId, assembled: shown.assembled, factKey, at, notDone: 'The packet was not sent.' };
          if (answer) await answerAuthorization(unit, session, answer, about);
          const found = answer ? await find(unit, session, referralId, now, ofEhr) : shown;
          if (found === 'none') throw new Refused(problem('conflict', NO_PACKET));
          const { assembled } = found;
          const offered = offeredTo(assembled, session.scope);
          refuseHeld(assembled, asked, offered.ways.find(({ way }) => way === asked.way)?.hindrance ?? null);
          await recordSettled(unit, referralId, assembled, at);
          const transmissionId = newId();
          const applied = await applyDecision(unit, referralId, personOf(session), at, (current) => {
            const channel = channelOf(asked.way);
            const decided = decideCare(current, { type: 'send', attempt: attempt.number, transmissionId, channel, at }, at);
            return decided.ok ? ok(decided.value.map((each) => ({ ...each, factKey }))) : decided;
          });
          if (!applied) throw new Refused(noSuchReferral());
          if (!applied.ok) throw new Refused(careRefusal(applied.refusal));
          const { way, address = null } = asked;
          const went = { transmissionId, way, preferred: offered.preferred, address, files: ofEhr.files, now };
          const files = await keepAsItGoes(unit, session, referral, assembled, went);
          const link = await askOutside(deps, { unit, session, referral, assembled, files, transmissionId, now, asked });
          return { way: asked.way, link, specialist };
        }),
      );
    },

    file: async (session, referralId, form, now) => {
      const asked = await askEhr(session, referralId, now, TO_LOOK);
      const packet = await store.transaction(session.scope, async (unit) => {
        const found = await find(unit, session, referralId, now, asked);
        if (found === 'none') throw new Refused(problem('not-found', NO_PACKET));
        await recorded(unit, session, found, now, 'packet.file-read', { form });
        return found.assembled.packet;
      });
      switch (form) {
        case 'pdf':
          return packetPdf(packet, undefined, asked.files?.bytes);
        case 'fhir':
          return new TextEncoder().encode(JSON.stringify(packetBundle(packet, asked.files?.bytes)));
        case 'ccda':
          return new TextEncoder().encode(packetCcda(packet));
      }
    },

    enclosed: async (session, referralId, sha256, now) => {
      const asked = await askEhr(session, referralId, now, TO_LOOK);
      return store.transaction(session.scope, async (unit) => {
        const found = await find(unit, session, referralId, now, asked);
        if (found === 'none') throw new Refused(problem('not-found', NO_PACKET));
        const isOfIt = found.assembled.packet.chart.files?.enclosed.some((file) => file.sha256 === sha256) === true;
        const bytes = isOfIt ? asked.files?.bytes.get(sha256) : undefined;
        if (!bytes) throw new Refused(problem('conflict', NO_FILE));
        await recorded(unit, session, found, now, 'packet.enclosed-read', { sha256 });
        return bytes;
      });
    },
  };
}

/** To this office last, but for what did not arrive. */
const attemptSentAt = ({ attempt }: AssembledPacket): string | null =>
  attempt.transmissions.findLast(({ status }) => status !== 'failed')?.at ?? null;

function fileOfItem(files: SentPacket['chart']['files'], id: string): PacketView['items'][number]['file'] {
  const enclosed = files?.enclosed.find(({ item }) => item === id);
  if (enclosed) {
    const { kind, bytes, sha256, page, unread = false } = enclosed;
    return { goes: true, sha256, contentType: FILE_TYPES[kind], bytes, asPage: page !== null, unread };
  }
  const not = files?.notEnclosed.find(({ item }) => item === id);
  return not ? { goes: false, why: whyNotEnclosed(not.why) } : null;
}

/** What the payer denied is nothing that is asked of whoever sends. */
const shownKind = (hold: Hold): PacketView['holds'][number]['kind'] =>
  hold.kind === 'authorization' && hold.status === 'denied' ? 'authorization-denied' : hold.kind;

function refuseHeld({ holds }: AssembledPacket, asked: SendPacket, hindrance: string | null): void {
  const [hold] = holds;
  if (hold) throw new Refused(problem('conflict', `The packet was not sent. ${holdWords(hold, (subject) => subject)}`));
  if (hindrance !== null) {
    throw new Refused(
      problem('unprocessable', `The packet was not sent. ${hindrance}`, [
        { field: 'way', message: hindrance, fix: 'Choose another way, or hand the link over yourself.' },
      ]),
    );
  }
  if (asked.way === 'mail' && asked.address === undefined) {
    throw new Refused(
      problem('invalid-request', 'The packet was not sent.', [
        { field: 'address', message: 'Missing', fix: 'Give the mail address of the office.' },
      ]),
    );
  }
}
