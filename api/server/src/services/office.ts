/**
 * What a specialist's office sees and does by its link. A link alone shows nothing: it opens with the specialist's NPI, five tries and no
 * more, for an hour at a time, and what it opened reaches this one attempt. Everything is on record.
 */
import { specialtyById } from '@refloop/domain/clinical/specialty';
import { type EnclosedFile, FILE_TYPES } from '@refloop/domain/packet/file';
import type { Attempt } from '@refloop/domain/referral/attempt';
import type { Actor, ReferralEvent } from '@refloop/domain/referral/event';
import { stagesOfNotes } from '@refloop/domain/referral/inference';
import {
  againstOffering,
  decideOffice,
  endForOffice,
  noteForms,
  type OfficeAct,
  officeActs,
  toLetGo,
} from '@refloop/domain/referral/office-act';
import type { Referral } from '@refloop/domain/referral/referral';
import { isLinked } from '@refloop/domain/referral/report';
import { statusOf } from '@refloop/domain/referral/status';
import { noteStillOwed } from '@refloop/domain/referral/still-booked';
import { unreachable } from '@refloop/domain/result';
import {
  type ActAsOffice,
  type NoteOfOffice,
  OFFICE_ACTS,
  OFFICE_PACKET_FORMS,
  type OfficeAnswer,
  type OfficeNoteAnswer,
  type OfficePacketForm,
  type OfficeRequest,
  type OfficeView,
  type OpenOffice,
} from '../client/office.ts';
import type { ReadConsents } from '../ehr/consents-now.ts';
import type { DocumentReader } from '../inbound/document-reader.ts';
import { hasHeldNote } from '../inbound/held-note-of.ts';
import { becameOfNote, keepNote, type NoteOfLink } from '../inbound/keep-note.ts';
import { asDocument } from '../inbound/read-file.ts';
import { addressedTo, type SpecialistPractice } from '../packet/addressed-to.ts';
import type { Packet } from '../packet/packet.ts';
import { packetBundle } from '../packet/packet-bundle.ts';
import { packetCcda, type SentPacket } from '../packet/packet-ccda.ts';
import { packetPdf } from '../packet/packet-pdf.ts';
import { type FileBytes, filesDisclosed } from '../packet/packet-words.ts';
import { isRefusal, problem, type Refusal, Refused } from '../problem.ts';
import { digest } from '../sessions/token.ts';
import type { StoredOfficeLink } from '../store/office-links.ts';
import type { Scope, Store, Unit } from '../store/store.ts';
import { officeRefusal } from './care-refusal.ts';
import { practiceIn } from './configuration-in-force.ts';
import { coverOf, isStillConsented } from './consents-at-sending.ts';
import { namesBeside } from './engine/obligation-rows.ts';
import { type Opening, openLinkDoor } from './link-door.ts';
import { disclosed } from './office-disclosures.ts';
import { fileKept, filesKept } from './packet-files-kept.ts';
import { applyDecision, readHistory, readReferral } from './referral-log.ts';
import { sentPacketOf } from './sent-packet.ts';
import { threadOf } from './thread-words.ts';
import { UPLOADED } from './uploaded.ts';

export type OfficeService = {
  open: (asked: OpenOffice, now: Date) => Promise<OfficeAnswer | Refusal>;
  view: (opened: string, now: Date) => Promise<OfficeAnswer | Refusal>;
  act: (asked: ActAsOffice, now: Date) => Promise<OfficeAnswer | Refusal>;
  /** Whether a note may be given now; asked before it is read. */
  admit: (opened: string, now: Date) => Promise<Refusal | undefined>;
  note: (asked: NoteOfOffice & { opened: string; bytes: Uint8Array<ArrayBuffer> }, now: Date) => Promise<OfficeNoteAnswer | Refusal>;
  packet: (opened: string, form: OfficePacketForm, now: Date) => Promise<Uint8Array<ArrayBuffer> | Refusal>;
  /** One file of the packet, as it came from the chart. */
  file: (opened: string, sha256: string, now: Date) => Promise<Uint8Array<ArrayBuffer> | Refusal>;
};

/** The same words whatever it is: nothing is told to whoever tries. */
const noSuchLink = (): Refusal =>
  problem('not-found', 'This link does not open anything, or not any more. Ask the practice that sent it for a new one.');
const notOpen = (): Refusal =>
  problem(
    'session-ended',
    'This page is no longer open: its hour is over, or the link was opened anew on another computer. Open the link again and give the NPI.',
  );

const locked = (): Refusal =>
  problem('not-allowed', 'This link was closed after five wrong tries. Ask the practice that sent it for a new one.');
const wrong = (left: number): Refusal =>
  problem('not-allowed', triesLeft(left), [
    {
      field: 'npi',
      message: 'Give the ten digits of the specialist named in the letter',
      fix: 'They stand beside the name.',
    },
  ]);

const actorOf = (link: StoredOfficeLink): Actor => ({ kind: 'office', npi: link.npi, link: link.id });

/** Of one press, among all of its referral. */
const factKeyOf = ({ id }: StoredOfficeLink, key: string): string => `link/${id}/${key}`;

async function putOnRecord(unit: Unit, link: StoredOfficeLink, act: OfficeAct, factKey: string, now: Date): Promise<void> {
  const at = now.toISOString();
  const applied = await applyDecision(unit, link.referralId, actorOf(link), at, (referral) =>
    decideOffice(referral, link.attempt, act, factKey, at),
  );
  if (!applied) throw new Refused(noSuchLink());
  if (!applied.ok) throw new Refused(officeRefusal(applied.refusal));
}

type NotePress = Pick<NoteOfOffice, 'key' | 'form'>;

/** The same press is the same document. */
const documentOf = (link: StoredOfficeLink, key: string): string => digest(factKeyOf(link, key)).slice(0, 40);

/** @returns what became of the same press before @throws Refused where this office may give no such note: none is kept, not even to be held */
async function admitNote(
  unit: Unit,
  link: StoredOfficeLink,
  { key, form }: NotePress,
  now: Date,
): Promise<OfficeNoteAnswer['became'] | undefined> {
  const before = await becameOfNote(unit, documentOf(link, key), link.referralId);
  if (before) return before;
  const referral = await readReferral(unit, link.referralId);
  if (!referral) throw new Refused(noSuchLink());
  const isDone = referral.factKeys.includes(factKeyOf(link, key));
  const against = isDone ? undefined : againstOffering(referral, link.attempt, { act: 'note', form }, now.toISOString());
  if (against) throw new Refused(officeRefusal(against));
  return undefined;
}

/** What is uploaded is kept before the act names it: both, or neither. */
async function takeNote(
  unit: Unit,
  link: StoredOfficeLink,
  { key, form, ...file }: NotePress & Pick<NoteOfLink, 'reading' | 'bytes'>,
  now: Date,
): Promise<OfficeNoteAnswer['became']> {
  const { referralId, attempt } = link;
  const id = documentOf(link, key);
  if ((await keepNote(unit, { ...file, id, referralId, attempt, at: now.toISOString() })) === 'held') return 'held';
  await putOnRecord(unit, link, { act: 'note', form, document: { type: UPLOADED, id } }, factKeyOf(link, key), now);
  return 'on-record';
}

/** As the directory in force has them; undefined of whom it does not know. */
type PracticeOf = (entryId: string) => SpecialistPractice | undefined;

type ViewDeps = {
  practiceOf: PracticeOf;
  /** Where a practice is called back; empty where its site entry says nothing. */
  phoneOf: (scope: Scope) => string;
};
type OfficeDeps = ViewDeps & { store: Store; read: DocumentReader['read']; consents: ReadConsents };

export function createOfficeService({ store, read, consents, ...deps }: OfficeDeps): OfficeService {
  const { practiceOf } = deps;

  const door = openLinkDoor({
    store,
    name: 'office-link',
    words: { noSuchLink, notOpen, locked, wrong },
    find: store.findOfficeLink,
    take: async (unit: Unit, { id }: { scope: Scope; id: string }) => {
      const link = await unit.officeLinks.take(id);
      return link && { unit, link };
    },
    aboutOf: async ({ unit, link }) => {
      const referral = await unit.referrals.get(link.referralId);
      return { ...(referral ? { patientId: referral.patientId } : {}), payload: { npi: link.npi } };
    },
    triesOf: ({ link }) => link.wrongTries,
    countWrongTry: ({ unit, link }) => unit.officeLinks.countWrongTry(link.id),
    wrongTry: 'office-link.wrong-npi',
  });

  type PacketRead = { referral: Referral; found: Packet };
  type Reading<Taken> = {
    of: (read: PacketRead) => Refusal | undefined;
    record: { action: 'office-link.packet-read' | 'office-link.file-read'; payload: Record<string, string> };
    way: string;
    what: (packet: Packet) => string[];
    sha256?: string;
    take: (unit: Unit, read: PacketRead) => Promise<Taken>;
  };

  /** Something of the packet is read: while it may be, with what it needs a consent for still consented to, on record and accounted for. */
  async function reading<Taken>(
    opened: string,
    now: Date,
    { of, record, way, what, sha256, take }: Reading<Taken>,
  ): Promise<Taken | Refusal> {
    const packetFor = async (unit: Unit, link: StoredOfficeLink): Promise<PacketRead> => {
      const referral = await readReferral(unit, link.referralId);
      const over = referral && endForOffice(referral, link.attempt, now.toISOString());
      if (over) throw new Refused(problem('conflict', 'This referral is over for your office, so its packet is no longer shown.'));
      const found = referral && ((await sentPacketOf(unit, link.id)) ?? (await packetOf(unit, referral, link, practiceOf)));
      if (!found) throw new Refused(problem('not-found', 'There is no packet of this referral. Call the practice that sent the link.'));
      const refused = of({ referral, found });
      if (refused) throw new Refused(refused);
      return { referral, found };
    };
    // It leaves when it is read, however long ago it was sent: the EHR is asked before, outside any transaction.
    const asked = await door.whileOpen(opened, now, async ({ unit, link }) => {
      const { referral, found } = await packetFor(unit, link);
      const { patientId } = referral;
      return { scope: unit.scope, of: { cover: await coverOf(unit, referral, found), npi: found.specialist.npi, patientId } };
    });
    if (isRefusal(asked)) return asked;
    if (!(await isStillConsented(consents, asked.scope, { ...asked.of, now: now.toISOString() })))
      return problem('conflict', NOT_CONSENTED);
    return door.whileOpen(opened, now, async (behind) => {
      const { unit, link } = behind;
      const read = await packetFor(unit, link);
      const taken = await take(unit, read);
      await door.record(behind, now, record.action, record.payload);
      const { name, npi, organization, address } = read.found.specialist;
      const to = { name, npi, organization, address };
      await disclosed(unit, link, read.referral, { at: now.toISOString(), way, what: what(read.found), to, ...(sha256 ? { sha256 } : {}) });
      return taken;
    });
  }

  return {
    open: ({ link: token, npi }, now) => {
      const isRight = ({ link }: { link: StoredOfficeLink }): boolean => npi === link.npi;
      return door.open(token, now, isRight, async (found, { opened, until, hash }): Promise<OfficeAnswer> => {
        const { unit, link } = found;
        const at = now.toISOString();
        await unit.officeLinks.open(link.id, { hash, until });
        await door.record(found, now, 'office-link.opened', { until });
        const referral = await readReferral(unit, link.referralId);
        const performer = referral?.attempts.find(({ number }) => number === link.attempt)?.performer;
        const still = referral ? stillAsked(referral, link.attempt) : [];
        if (referral && performer && (still.length > 0 || !endForOffice(referral, link.attempt, at))) {
          const practice = practiceOf(performer.entryId);
          const to = {
            name: performer.display,
            npi: link.npi,
            organization: practice?.organization ?? '',
            address: practice?.address ?? '',
          };
          await disclosed(unit, link, referral, {
            at,
            way: 'office link, opened',
            what: ['name', ...(still.length > 0 ? still : ['what is asked for', ...(await titlesTold(unit, link))])],
            to,
          });
        }
        return viewOf(unit, link, at, { opened, until }, deps);
      });
    },

    view: (opened, now) =>
      door.whileOpen(opened, now, async (found, opening) => {
        await door.record(found, now, 'office-link.read', {});
        return viewOf(found.unit, found.link, now.toISOString(), opening, deps);
      }),

    act: ({ opened, key, what }, now) =>
      door.whileOpen(opened, now, async (found, opening) => {
        const { unit, link } = found;
        await putOnRecord(unit, link, inUtc(what), factKeyOf(link, key), now);
        await door.record(found, now, 'office-link.act', { key, act: what.act });
        return viewOf(unit, link, now.toISOString(), opening, deps);
      }),

    admit: async (opened, now) => {
      try {
        const admitted = await door.whileOpen(opened, now, async () => true);
        return isRefusal(admitted) ? admitted : undefined;
      } catch (error) {
        if (error instanceof Refused) return error.refusal;
        throw error;
      }
    },

    note: async ({ opened, key, form, bytes }, now) => {
      if (Buffer.from(bytes.subarray(0, PDF.length)).toString('latin1') !== PDF) return notPdf();
      // Reading takes a while, outside any transaction: not begun for whoever may give none, and asked again after it.
      const asked = await door.whileOpen(opened, now, async ({ unit, link }) => {
        await admitNote(unit, link, { key, form }, now);
        return true;
      });
      if (isRefusal(asked)) return asked;
      const reading = asDocument(await read(bytes));
      return door.whileOpen(opened, now, async (found, opening): Promise<OfficeNoteAnswer> => {
        const { unit, link } = found;
        const before = await admitNote(unit, link, { key, form }, now);
        const became = before ?? (await takeNote(unit, link, { key, form, reading, bytes }, now));
        await (became === 'held'
          ? door.record(found, now, 'office-link.note-held', { key })
          : door.record(found, now, 'office-link.act', { key, act: 'note' }));
        return { ...(await viewOf(unit, link, now.toISOString(), opening, deps)), became };
      });
    },

    packet: async (opened, form, now) => {
      return reading(opened, now, {
        of: ({ found }) => (form !== 'pdf' && !isWhole(found) ? problem('conflict', PDF_ALONE) : undefined),
        record: { action: 'office-link.packet-read', payload: { form: FORM_TYPES[form] } },
        way: READ_AS[form],
        what: ({ chart }) => [chart ? 'packet with chart' : 'referral note', ...filesDisclosed(filesIn(chart, form))],
        // Made before its reading is accounted for: what could not be made was not read.
        take: async (unit, { referral, found }) => bytesOf(found, form, await filesKept(unit, referral.id, filesIn(found.chart, form))),
      });
    },

    file: async (opened, sha256, now) => {
      const enclosed = ({ chart }: Packet) => chart?.files?.enclosed.find((file) => file.sha256 === sha256);
      return reading(opened, now, {
        of: ({ found }) => (enclosed(found) ? undefined : noSuchFile()),
        record: { action: 'office-link.file-read', payload: { sha256 } },
        way: 'office link, file read',
        what: (found) => filesDisclosed([enclosed(found) ?? []].flat()),
        sha256,
        take: async (unit, { referral }) => {
          const bytes = await fileKept(unit, referral.id, sha256);
          if (!bytes) throw new Refused(noSuchFile());
          return bytes;
        },
      });
    },
  };
}

/** What of the chart's files this form holds: in a C-CDA note none is. */
const filesIn = (chart: Packet['chart'], form: OfficePacketForm): readonly EnclosedFile[] => {
  const enclosed = chart?.files?.enclosed ?? [];
  return form === 'ccda' ? [] : form === 'pdf' ? enclosed.filter(({ page }) => page !== null) : enclosed;
};

const noSuchFile = (): Refusal => problem('conflict', 'There is no such file in this packet. Load the page anew.');

const FORM_TYPES: Readonly<Record<OfficePacketForm, string>> = {
  pdf: 'application/pdf',
  ccda: 'application/xml',
  fhir: 'application/fhir+json',
};
const READ_AS: Readonly<Record<OfficePacketForm, string>> = {
  pdf: 'office link, packet read',
  ccda: 'office link, packet read as C-CDA',
  fhir: 'office link, packet read as FHIR',
};
const PDF_ALONE = 'This packet went without the chart and can be read as a PDF alone.';

const isWhole = (packet: Packet): packet is SentPacket => packet.chart !== undefined;

async function bytesOf(packet: Packet, form: OfficePacketForm, files: FileBytes): Promise<Uint8Array<ArrayBuffer>> {
  if (form === 'pdf' || !isWhole(packet)) return packetPdf(packet, undefined, files);
  return new TextEncoder().encode(form === 'ccda' ? packetCcda(packet) : JSON.stringify(packetBundle(packet, files)));
}

const NOT_CONSENTED =
  'This packet is no longer shown: part of it needs a consent of the patient that is not in force, or could not be looked up. Ask the practice to send it anew.';

const triesLeft = (left: number): string =>
  left === 0
    ? 'That is not the NPI this referral is for. The link is closed now; ask the practice that sent it for a new one.'
    : `That is not the NPI this referral is for. ${left === 1 ? 'One try is' : `${left} tries are`} left.`;

const utc = (at: string): string => new Date(at).toISOString();

/** A PDF begins with these bytes (ISO 32000-2, 7.5.2). What else it holds is read by nobody but a person. */
const PDF = '%PDF-';

/** Moments come with any offset; the domain compares them as text. */
function inUtc(what: OfficeRequest): OfficeAct {
  switch (what.act) {
    case 'offer-dates':
      return { act: 'offer-dates', dates: what.dates.map(utc) };
    case 'book':
      return { act: 'book', startsAt: utc(what.startsAt) };
    case 'accept':
    case 'decline':
    case 'ask':
    case 'cancel-appointment':
    case 'confirm-cancellation':
      return what;
    case 'no-show':
    case 'seen':
      return { act: what.act, at: utc(what.at) };
    default:
      return unreachable(what);
  }
}

const notPdf = (): Refusal =>
  problem('invalid-request', 'The note was not taken.', [
    { field: 'body', message: 'It is not a PDF of at most 10 MB', fix: 'Save or scan the note as a PDF and upload that.' },
  ]);

/** For the accounting: what its page says of the patient where nothing else is asked of it any more. */
const stillAsked = (referral: Referral, attempt: number): string[] => [
  ...(toLetGo(referral, attempt) ? ['what is to be cancelled'] : []),
  ...(noteStillOwed(referral, attempt) ? ['the visit of which the note is waited for'] : []),
];

/** For the accounting: the page shows what the files of the packet are called. */
async function titlesTold(unit: Unit, { id }: StoredOfficeLink): Promise<string[]> {
  const count = (await sentPacketOf(unit, id))?.chart.files?.enclosed.length ?? 0;
  return count === 0 ? [] : [`titles of files (${count})`];
}

/** Where something goes by a consent, titles are told with what they name: whether it is still given is asked when that is read. */
function filesShown(packet: Packet | undefined): OfficeView['files'] {
  const isNamed = !packet?.chart?.consented?.length;
  return (packet?.chart?.files?.enclosed ?? []).map(({ sha256, title, date, kind, bytes, page }) => ({
    sha256,
    title: isNamed ? title : 'Image or document',
    date: isNamed ? date : '',
    contentType: FILE_TYPES[kind],
    bytes,
    asPage: page !== null,
  }));
}

/** As the clinician approved it, addressed to whom this office works for. */
async function packetOf(
  unit: Unit,
  { order, attempts }: Referral,
  { attempt }: StoredOfficeLink,
  practiceOf: PracticeOf,
): Promise<Packet | undefined> {
  if (order.status === 'draft') return undefined;
  const approval = await unit.approvals.byRecommendation(order.approval.recommendationId);
  const packet = (approval?.content as { packet?: Packet } | undefined)?.packet;
  const performer = attempts.find(({ number }) => number === attempt)?.performer;
  return packet && performer && addressedTo(packet, performer, practiceOf(performer.entryId));
}

/** Whether it is between the practice and the office of this attempt. A note is the office's whose attempt it answers. */
function isOfAttempt({ fact }: ReferralEvent, { reports }: Referral, number: number): boolean {
  if (!SHOWN.includes(fact.type)) return false;
  if (fact.type === 'report-received')
    return reports.some((report) => report.id === fact.reportId && isLinked(report) && report.attempt === number);
  return 'attempt' in fact && fact.attempt === number;
}

/** Of what the two sides did with each other; what is inside the practice stays there. */
const SHOWN: readonly string[] = [
  'attempt-sent',
  'attempt-accepted',
  'attempt-declined',
  'appointment-booked',
  'appointment-missed',
  'appointment-cancelled',
  'dates-offered',
  'patient-seen',
  'message-posted',
  'cancellation-requested',
  'report-received',
];

const noteOf = async (unit: Unit, referral: Referral, { number, visits }: Attempt) => ({
  visits: [...new Set(visits.filter((at) => at !== null))].toSorted(),
  noteForms: noteForms(referral, number),
  noteHeld: await hasHeldNote(unit, referral.id, number),
});

async function viewOf(
  unit: Unit,
  link: StoredOfficeLink,
  now: string,
  { opened, until }: Opening,
  { practiceOf, phoneOf }: ViewDeps,
): Promise<OfficeAnswer> {
  const { events, referral } = await readHistory(unit, link.referralId);
  const attempt = referral?.attempts.find(({ number }) => number === link.attempt);
  if (!referral || !attempt) throw new Refused(noSuchLink());
  const how = endForOffice(referral, link.attempt, now);
  const shown = await practiceIn(unit, phoneOf(unit.scope));
  const patientName = async (): Promise<string> =>
    (await namesBeside(unit, referral, await unit.obligations.openOf(referral.id))).patientName;
  if (how) {
    const letsGo = toLetGo(referral, link.attempt);
    const owes = noteStillOwed(referral, link.attempt);
    const still = letsGo || owes ? { opened, until, specialist: attempt.performer.display, patientName: await patientName() } : undefined;
    const toCancel =
      still && letsGo ? { ...still, appointment: letsGo.appointment ? { startsAt: letsGo.appointment.startsAt } : null } : null;
    const toWrite = still && owes ? { ...still, ...(await noteOf(unit, referral, owes)) } : null;
    return { standing: 'over', how, toCancel, toWrite, ...shown };
  }
  const stages = stagesOfNotes(referral);
  // What only a note showed that was taken off goes from here with that note, of whomever it is.
  const ofAttempt = events.filter((event) => isOfAttempt(event, referral, link.attempt) && stages.get(event.sequence) !== null);
  const byPatient = new Set(ofAttempt.filter(({ actor }) => actor.kind === 'patient').map(({ sequence }) => sequence));
  const booked = attempt.appointments.find(({ status }) => status === 'booked');
  const packet = (await sentPacketOf(unit, link.id)) ?? (await packetOf(unit, referral, link, practiceOf));
  return {
    standing: 'open',
    opened,
    until,
    ...shown,
    specialist: attempt.performer.display,
    patientName: await patientName(),
    specialtyName: specialtyById(referral.specialty)?.name ?? referral.specialty,
    urgency: referral.urgency,
    status: statusOf(referral),
    hasPacket: packet !== undefined,
    packetForms: packet === undefined ? [] : isWhole(packet) ? [...OFFICE_PACKET_FORMS] : ['pdf'],
    files: filesShown(packet),
    appointment: booked ? { startsAt: booked.startsAt } : null,
    offered: attempt.offered?.dates ?? [],
    acts: officeActs(referral, link.attempt, OFFICE_ACTS, now),
    noteForms: noteForms(referral, link.attempt),
    noteHeld: await hasHeldNote(unit, referral.id, link.attempt),
    thread: threadOf(ofAttempt, new Map()).map(({ sequence, at, recordedAt, party, title, detail, times }) => ({
      at: at ?? recordedAt,
      from: byPatient.has(sequence) ? 'patient' : party === 'office' || party === 'patient' ? 'office' : 'practice',
      title,
      detail,
      times,
    })),
  };
}
