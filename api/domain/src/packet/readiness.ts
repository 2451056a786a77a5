/**
 * Whether a packet may go (R104, R106, R107, R112, R115, R116): everything it has to hold is in, or somebody said on record why it goes
 * without; the payer has not to be waited for; and where its kind is checked by a person first, it was.
 */
import type { Chart } from '../chart/chart.ts';
import { CHECKLISTS, evidenceFor, unreadTypes } from '../drafting/checklist.ts';
import type { ChecklistResult } from '../drafting/note.ts';
import { earliestDay } from '../fhir/date.ts';
import type { Coding } from '../fhir/read.ts';
import { referenceText } from '../fhir/reference.ts';
import { type Day, daysBetween, type Instant } from '../instant.ts';
import { authorizationHold } from '../referral/authorization-hold.ts';
import { waitsForApproval } from '../referral/options.ts';
import type { Referral } from '../referral/referral.ts';
import type { AuthorizationWord } from './authorization-word.ts';
import { lookedFor, type PacketItem } from './contents.ts';
import type { EnclosedFile } from './file.ts';
import type { PacketVariant, VariantItem } from './variant.ts';

export type Requirement = {
  readonly id: string;
  readonly label: string;
  readonly standing: 'in' | 'missing' | 'not-visible' | 'not-needed';
  /** An image whose title goes, and whose file could not be fetched. */
  readonly withoutFile?: true;
};

/** What somebody of the practice made of the packet; each with who did it, by subject. */
export type Preparation = {
  /** Items that were taken out, by id. */
  readonly removed: readonly string[];
  /** Where the office reaches whoever referred; empty where the site's own number is meant. */
  readonly callback: string;
  readonly teeth: readonly string[];
  /** Why it goes although these are missing. What goes missing later is asked about anew. */
  readonly override: { readonly missing: readonly string[]; readonly reason: string; readonly by: string; readonly at: Instant } | null;
  /** Looked through by a person, as it was then. `files`: SHA-256 of those that were shown; absent in what was looked through before they went along. */
  readonly checked: { readonly contents: string; readonly by: string; readonly at: Instant; readonly files?: readonly string[] } | null;
  /** Why it goes without a word on the payer's authorization; absent in what was prepared before that was asked. */
  readonly withoutAuthorization?: { readonly reason: string; readonly by: string; readonly at: Instant } | null;
};

export const UNPREPARED: Preparation = {
  removed: [],
  callback: '',
  teeth: [],
  override: null,
  checked: null,
  withoutAuthorization: null,
};

export type RequiredOf = {
  chart: Chart;
  /** What goes, without what was taken out. */
  items: readonly PacketItem[];
  /** Ids of what was taken out: it answers nothing any more. */
  removed: readonly string[];
  variant: PacketVariant | undefined;
  /** Of the specialty, as they stood when the note was signed; what the clinician marked as not needed is not asked for. */
  checklist: readonly ChecklistResult[];
  notNeeded: readonly string[];
  /** Parts of the chart that could not be read, in words. */
  notSeen: readonly string[];
  patient: { name: string; born: string; reachable: boolean };
  reasonCodes: readonly Coding[];
  question: string;
  insured: boolean;
  authorization: AuthorizationWord;
  callback: string;
  teeth: readonly string[];
  /** Ids of what has a file that does not go along: an image of which only the title goes answers nothing. Empty where no files are fetched. */
  notEnclosed?: readonly string[];
  today: Day;
};

const IMAGES: ReadonlySet<string> = new Set(
  CHECKLISTS.specialties.flatMap(({ items }) => items.filter(({ kind }) => kind === 'imaging').map(({ id }) => id)),
);
const withoutFile = (id: string, label: string): Requirement => ({
  id,
  label: `${label} (its file could not be enclosed)`,
  standing: 'missing',
  withoutFile: true,
});

const AUTHORIZATION = 'authorization';

const isIcd10 = ({ system, code }: Coding): boolean => /icd-?10/i.test(system ?? '') && (code ?? '') !== '';

/** What every packet has to hold (R104), then what the specialty's checklist calls required, then what this kind of packet asks for. */
export function requirementsOf(of: RequiredOf): readonly Requirement[] {
  const required = (id: string, label: string, present: boolean): Requirement => ({ id, label, standing: present ? 'in' : 'missing' });
  const findings = of.items.some(({ section }) => section === 'results' || section === 'imaging');
  const unread = unreadTypes(of.notSeen);
  const standard: Requirement[] = [
    required(
      'demographics',
      'Name, date of birth, and a phone number or an address of the patient',
      of.patient.name !== '' && of.patient.born !== '' && of.patient.reachable,
    ),
    required('reason-icd10', 'The reason with an ICD-10 code', of.reasonCodes.some(isIcd10)),
    findings || !(unread.has('Observation') && unread.has('DiagnosticReport'))
      ? required('recent-findings', 'Relevant results or images', findings)
      : { id: 'recent-findings', label: 'Relevant results or images', standing: 'not-visible' },
    required('coverage', 'The insurance', of.insured),
    required(
      AUTHORIZATION,
      'Whether the payer has to authorize it',
      of.authorization.kind !== 'open' && of.authorization.kind !== 'goes-without',
    ),
    required('callback', 'A number to call back', of.callback !== ''),
  ];
  const ofSpecialty = of.checklist
    .filter(({ requirement, itemId }) => requirement === 'required' && !of.variant?.items.some(({ id }) => id === itemId))
    .map(({ itemId, label, status }): Requirement => {
      if (of.notNeeded.includes(itemId)) return { id: itemId, label, standing: 'not-needed' };
      const goes = status.kind === 'found' && !of.removed.includes(referenceText(status.source));
      if (goes && IMAGES.has(itemId) && of.notEnclosed?.includes(referenceText(status.source))) return withoutFile(itemId, label);
      return { id: itemId, label, standing: goes ? 'in' : status.kind === 'not-visible' ? 'not-visible' : 'missing' };
    });
  const ofVariant = (of.variant?.items ?? []).map((item): Requirement => {
    const { id, label, kind } = item;
    const standing = standingOf(item, of, []);
    if (standing !== 'in' || kind !== 'imaging') return { id, label, standing };
    return standingOf(item, of, of.notEnclosed ?? []) === 'in' ? { id, label, standing } : withoutFile(id, label);
  });
  return [...standard, ...ofSpecialty, ...ofVariant];
}

/** @param without ids of what does not count, beside what was taken out */
function standingOf(
  item: VariantItem,
  { chart, removed, teeth, question, today }: RequiredOf,
  without: readonly string[],
): Requirement['standing'] {
  if (item.kind === 'tooth') return teeth.length > 0 ? 'in' : 'missing';
  if (item.kind === 'asked') return question.trim() === '' ? 'missing' : 'in';
  const asked = lookedFor(item);
  const newest =
    asked && evidenceFor(asked, chart).find(({ ref }) => !removed.includes(referenceText(ref)) && !without.includes(referenceText(ref)));
  if (!newest) return 'missing';
  const { maximumAgeDays } = item;
  const isOld = maximumAgeDays !== undefined && (newest.date === '' || daysBetween(earliestDay(newest.date), today) > maximumAgeDays);
  return isOld ? 'missing' : 'in';
}

/** Not there, or not to be seen whether it is. The payer's word is none of the chart and asked for by a hold of its own. */
export const missingOf = (requirements: readonly Requirement[]): readonly Requirement[] =>
  requirements.filter(({ id, standing }) => id !== AUTHORIZATION && (standing === 'missing' || standing === 'not-visible'));

export type Hold =
  /** Nothing leaves without the clinician's order in force. */
  | { kind: 'order-not-active' }
  /** R112: the payer was asked and has not approved. Scheduling may be told meanwhile; the packet waits. */
  | { kind: 'authorization'; status: 'asked' | 'denied' }
  /** R104: nobody has said where the payer's authorization stands. Said with the sending itself. */
  | { kind: 'authorization-open'; because: Extract<AuthorizationWord, { kind: 'open' }>['because'] }
  /** R57: no clinician approved whoever would get it. */
  | { kind: 'performer-not-approved'; performer: string }
  | { kind: 'incomplete'; missing: readonly Requirement[] }
  /**
   * R115: with whom it lies, by subject; null where nobody coordinates it yet. `unread`: how many of its files hold words that only a person can
   * read. `since`: how many of them came or changed since it was looked through.
   */
  | { kind: 'to-be-checked'; owner: string | null; unread: number; since: number };

type Checkable = {
  variant: PacketVariant | undefined;
  withheld: boolean;
  files: readonly Pick<EnclosedFile, 'sha256' | 'unread'>[];
  readonly contents: string;
};

/**
 * What stands between this packet and its sending; empty when it is ready.
 *
 * @param contents what a check refers to: the packet in one word, the same for the same packet, whatever its files
 */
export function holdsOf(
  referral: Pick<Referral, 'order' | 'authorization' | 'coordinator' | 'attempts' | 'furtherApproved' | 'refusedPerformers'>,
  packet: Checkable & { requirements: readonly Requirement[]; authorization: AuthorizationWord },
  preparation: Preparation,
): readonly Hold[] {
  const holds: Hold[] = [];
  if (referral.order.status !== 'active') holds.push({ kind: 'order-not-active' });
  const last = referral.attempts.at(-1);
  if (last && waitsForApproval(referral, last)) holds.push({ kind: 'performer-not-approved', performer: last.performer.display });
  const authorization = authorizationHold(referral);
  if (authorization) holds.push({ kind: 'authorization', status: authorization });
  if (packet.authorization.kind === 'open') holds.push({ kind: 'authorization-open', because: packet.authorization.because });
  const missing = missingOf(packet.requirements).filter(({ id }) => !preparation.override?.missing.includes(id));
  if (missing.length > 0) holds.push({ kind: 'incomplete', missing });
  const toCheck = uncheckedIn(packet, preparation);
  return toCheck ? [...holds, { kind: 'to-be-checked', owner: referral.coordinator, ...toCheck }] : holds;
}

/**
 * Those of a flagged kind, those from which something is withheld (whoever looks sees that nothing of it is in the words), and those with a file
 * that nobody but a person can read. Undefined where nobody has to look, or somebody saw it all.
 */
function uncheckedIn(packet: Checkable, { checked }: Preparation): { unread: number; since: number } | undefined {
  const unread = packet.files.filter((file) => file.unread).length;
  if (packet.variant?.checkedBeforeSending !== true && !packet.withheld && unread === 0) return undefined;
  if (checked?.contents !== packet.contents) return { unread, since: 0 };
  const since = packet.files.filter(({ sha256 }) => !checked.files?.includes(sha256)).length;
  return since === 0 ? undefined : { unread, since };
}
