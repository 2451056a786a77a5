/** The packet in words: why an item is in, and what each way of sending does. */
import type { ChartLook } from '@refloop/server/client/chart-look';
import type { PacketItemView, PacketView, Way } from '@refloop/server/client/packet';
import { kindAndSize } from '../words/file-words.ts';
import { plainDate, plainTime } from '../words/plain-date.ts';
import { isAsked, isReady } from './authorization-draft.ts';

export const SECTION_NAMES: Readonly<Record<PacketItemView['section'], string>> = {
  problems: 'Problems',
  medications: 'Medications',
  allergies: 'Allergies',
  results: 'Results',
  imaging: 'Images and their reports',
  documents: 'Documents',
};

const BECAUSE: Readonly<Record<PacketItemView['because'], string>> = {
  'current-list': 'on the current list',
  'last-90-days': 'of the last 90 days',
  image: 'images go along whatever their age',
  'asked-for': 'this specialty asks for it',
  latest: 'the latest one',
};

export const becauseWords = ({ because, foundOn }: PacketItemView): string =>
  foundOn === null ? BECAUSE[because] : `${BECAUSE[because]}, found in the chart on ${plainDate(foundOn)}`;

/** What goes of an item by its content that way; empty of what has no file. */
export function fileWords({ file }: Pick<PacketItemView, 'file'>, way: Way): string {
  if (file === null) return '';
  if (way === 'fhir') return 'its file does not go this way';
  if (!file.goes) return `its title goes alone: ${file.why}`;
  const goes = `goes by content (${kindAndSize(file)})`;
  if (file.asPage) return `${goes}, as a page`;
  return way === 'fax' ? `${goes}, not among the pages: at the link on the first` : `${goes}, as a file of its own`;
}

/** @returns what is to be known of the files as a whole; empty where each item says it */
export function filesNote({ filesGo, items }: Pick<PacketView, 'filesGo' | 'items'>, way: Way): string {
  const files = items.some(({ file, removed }) => !removed && file !== null);
  if (way === 'fhir' && files) return 'No file goes with the Task in the EHR. Send what the office has to see another way.';
  if (!filesGo && !items.some(({ section }) => section === 'imaging' || section === 'documents')) return '';
  if (!filesGo)
    return 'Refloop has no access of its own to charts in this EHR: images and scanned documents go by their titles. Send what the office has to see another way.';
  const alone = items.filter(({ file, removed }) => !removed && file !== null && !file.goes).length;
  if (alone === 0) return '';
  return `Of ${alone === 1 ? 'one file' : `${alone} files`} the title goes alone, and the packet says so. It is tried again when it is sent; else send ${alone === 1 ? 'it' : 'them'} another way.`;
}

export const WAY_NAMES: Readonly<Record<Way, string>> = {
  mail: 'mail, as a link',
  fax: 'fax',
  link: 'a link you hand over',
  fhir: 'FHIR, as a Task in the EHR',
};

export const STANDING_NAMES: Readonly<Record<PacketView['requirements'][number]['standing'], string>> = {
  in: 'in',
  missing: 'missing',
  'not-visible': 'could not be read',
  'not-needed': 'not needed, the clinician says',
};

/** Where the packet stands, in the chip beside its name. What went can go again. */
export function standingWords(packet: PacketView): string {
  const { sentAt } = packet;
  if (!isReady(packet)) return 'held';
  if (isAsked(packet)) return 'one answer to give';
  return sentAt === null ? 'ready to send' : `sent ${plainTime(sentAt)}`;
}

/** What certainly goes in words: "Send by fax". */
export const sendWords = (way: Way): string => `Send by ${WAY_NAMES[way]}`;

/** What reading the chart again came to. */
export function lookWords({ standing, found, unread }: Pick<ChartLook, 'standing' | 'found' | 'unread'>): string {
  if (standing === 'no-access')
    return 'Refloop has no access of its own to charts in this EHR. The next time the clinician opens Refloop on this patient, the chart is read for it.';
  if (standing === 'not-read') return unread.join(' ');
  if (standing === 'nothing-lacks') return 'Nothing is missing that a chart could hold.';
  const there =
    found.length === 0
      ? 'The chart was read: nothing of what is missing is there yet.'
      : `Found in the chart: ${found.map(({ label, date }) => (date === '' ? label : `${label}, of ${plainDate(date)}`)).join('; ')}.`;
  return [there, ...unread].join(' ');
}

/** How many records stay out; never which. */
export function withheldWords(count: number): string {
  if (count === 0) return '';
  return `${count === 1 ? 'One record stays' : `${count} records stay`} out: ${count === 1 ? 'it needs' : 'they need'} the patient’s own consent. The packet says so without saying what.`;
}

/** What changes for the coordinator once it was pressed. */
export function sentWords(way: Way, { to, specialist }: { to: string; specialist: string }): string {
  switch (way) {
    case 'mail':
      return `A mail with a link to ${specialist}’s office is on its way to ${to}. Nothing of the patient stands in it.`;
    case 'fax':
      return `The pages are on their way to ${to}. The thread says when they have arrived.`;
    case 'fhir':
      return `The Task in the EHR is asking ${specialist} now. What becomes of it there comes back by itself.`;
    case 'link':
      return `The link for ${specialist}’s office is shown here, this once.`;
  }
}
