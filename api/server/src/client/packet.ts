/** The packet of a referral over HTTP, as a coordinator sees it before it goes: what is in, what is missing, what holds it. */
import { PACKET_SECTIONS } from '@refloop/domain/packet/contents';
import { MOST_FILES } from '@refloop/domain/packet/file';
import { toothOf } from '@refloop/domain/packet/tooth';
import { PACKET_WAYS } from '@refloop/domain/packet/way';
import { z } from 'zod';

/** SHA-256 of a file's bytes. */
const FileHash = z.string().regex(/^[0-9a-f]{64}$/, 'This names no file');

export const Way = z.enum(PACKET_WAYS);
export type Way = z.infer<typeof Way>;

const PacketItemView = z.object({
  id: z.string(),
  section: z.enum(PACKET_SECTIONS),
  title: z.string(),
  detail: z.string(),
  date: z.string(),
  because: z.enum(['current-list', 'last-90-days', 'image', 'asked-for', 'latest']),
  /** The day on which it was found in the chart, where the note was signed before; null of what it could rest on. */
  foundOn: z.string().nullable(),
  removed: z.boolean(),
  /** What goes of it by content, or why its title goes alone; null of what has no file. */
  file: z
    .discriminatedUnion('goes', [
      z.object({
        goes: z.literal(true),
        /** What it is asked for by. */
        sha256: FileHash,
        /** By its own first bytes. */
        contentType: z.string(),
        bytes: z.number().int(),
        /** A page of the PDF; else a file beside it. */
        asPage: z.boolean(),
        /** It may hold words that only a person can read: somebody opens it before it goes. */
        unread: z.boolean(),
      }),
      z.object({ goes: z.literal(false), why: z.string() }),
    ])
    .nullable(),
});
export type PacketItemView = z.infer<typeof PacketItemView>;

const Hold = z.object({
  kind: z.enum([
    'order-not-active',
    /** No clinician approved whoever would get it. */
    'performer-not-approved',
    /** The payer was asked and has not decided. */
    'authorization',
    'authorization-denied',
    /** Nobody has said where it stands. */
    'authorization-open',
    'incomplete',
    'to-be-checked',
    'nobody-asked',
  ]),
  words: z.string(),
});

export const PacketView = z.object({
  referralId: z.string(),
  /** The last event of the referral, and the last change of the packet; what is asked says on which it was decided. */
  sequence: z.number().int(),
  revision: z.number().int(),
  recipient: z.object({ name: z.string(), organization: z.string(), phone: z.string(), fax: z.string() }),
  /** The kind of packet; null for the standard one. */
  variant: z.string().nullable(),
  answerWithin: z.string().nullable(),
  items: z.array(PacketItemView),
  /** When it went to this office last; null where it has not, or did not arrive. */
  sentAt: z.string().nullable(),
  /** Whether Refloop may fetch files from this EHR; where not, images and scans go by their titles. */
  filesGo: z.boolean(),
  requirements: z.array(z.object({ id: z.string(), label: z.string(), standing: z.enum(['in', 'missing', 'not-visible', 'not-needed']) })),
  /** How many records need the patient’s own consent and stay out. Which, nobody is told here. */
  withheld: z.number().int(),
  /** Where it stands, by whose word, and since when. */
  authorization: z.string(),
  /** Who pays, by name; null where it is not known. */
  payer: z.string().nullable(),
  callback: z.string(),
  teeth: z.array(z.string()),
  override: z.object({ reason: z.string(), by: z.string(), at: z.string() }).nullable(),
  checked: z.object({ by: z.string(), at: z.string() }).nullable(),
  /** What stands between it and its sending; it is ready where there is nothing. */
  holds: z.array(Hold),
  ways: z.array(z.object({ way: Way, preferred: z.boolean(), hindrance: z.string().nullable() })),
});
export type PacketView = z.infer<typeof PacketView>;

export const PacketAnswer = z.discriminatedUnion('standing', [
  z.object({ standing: z.literal('there'), packet: PacketView }),
  /** What the clinician approved is not kept with this referral, or nobody is asked. */
  z.object({ standing: z.literal('none'), why: z.string() }),
]);
export type PacketAnswer = z.infer<typeof PacketAnswer>;

const PacketChange = z.discriminatedUnion('change', [
  z.object({ change: z.literal('remove'), item: z.string().min(1).max(200) }),
  z.object({ change: z.literal('restore'), item: z.string().min(1).max(200) }),
  z.object({ change: z.literal('callback'), number: z.string().trim().max(40) }),
  z.object({
    change: z.literal('teeth'),
    teeth: z.array(z.string().refine((tooth) => toothOf(tooth) === tooth, 'A tooth is 1 to 32, or A to T')).max(32),
  }),
  /** It goes although these are missing, for this reason. */
  z.object({ change: z.literal('override'), reason: z.string().trim().min(3, 'Say in a few words why').max(500) }),
  z.object({ change: z.literal('take-override-back') }),
  /** Looked through, as it is now: `files` are those that were shown. One that comes later is looked through anew. */
  z.object({ change: z.literal('check'), files: z.array(FileHash).max(MOST_FILES).optional() }),
]);
export type PacketChange = z.infer<typeof PacketChange>;

export const PreparePacket = z.object({ revision: z.number().int().nonnegative(), what: PacketChange });
export const ReadPacketFile = z.object({ sha256: FileHash });

export type PreparePacket = z.infer<typeof PreparePacket>;

/** Of an approval, as the payer gave it. */
export const AuthorizationNumber = z
  .string('Give the number of the authorization')
  .trim()
  .min(1, 'Give the number of the authorization')
  .max(60);

/** What is said of the payer’s authorization with the press that sends, where nothing has settled it. */
export const AuthorizationAnswer = z.discriminatedUnion('answer', [
  z.object({ answer: z.literal('not-needed') }),
  z.object({ answer: z.literal('approved'), number: AuthorizationNumber }),
  z.object({ answer: z.literal('goes-without'), reason: z.string().trim().min(3, 'Say in a few words why').max(500) }),
]);
export type AuthorizationAnswer = z.infer<typeof AuthorizationAnswer>;

export const SendPacket = z.object({
  /** One for each press: the same one twice sends it once. */
  key: z.string().min(8).max(64),
  sequence: z.number().int().positive(),
  revision: z.number().int().nonnegative(),
  way: Way,
  /** Of the office, for `mail`. */
  address: z.email('Not a mail address').max(200).optional(),
  authorization: AuthorizationAnswer.optional(),
});
export type SendPacket = z.infer<typeof SendPacket>;

export const PacketSent = z.object({
  way: Way,
  /** The office’s link, where it is handed over by hand; shown once. */
  link: z.string().nullable(),
  specialist: z.string(),
});
export type PacketSent = z.infer<typeof PacketSent>;

/** One line of the accounting of disclosures (45 CFR 164.528). */
export const Disclosure = z.object({
  at: z.string(),
  recipient: z.string(),
  npi: z.string(),
  organization: z.string(),
  address: z.string(),
  what: z.array(z.string()),
  purpose: z.string(),
  way: z.string(),
  by: z.string(),
  /** Of what was sent: sent, delivered, or perhaps; what certainly did not arrive is no disclosure and not listed. */
  standing: z.string(),
  sha256: z.string().nullable(),
  referralId: z.string(),
});
export type Disclosure = z.infer<typeof Disclosure>;

export const DisclosuresQuestion = z.object({ patient: z.string().min(1).max(64) });
export const Disclosures = z.object({ patientId: z.string(), since: z.string().nullable(), disclosures: z.array(Disclosure) });
export type Disclosures = z.infer<typeof Disclosures>;
