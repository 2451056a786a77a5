/** What of the chart is recent enough for a packet (R103): any document of the last 90 days, and images of any age. */
import { latestDay } from '../fhir/date.ts';
import { type Day, daysBetween } from '../instant.ts';

/** Calendar days before the day of sending; the ninetieth still counts. */
export const PACKET_DAYS = 90;

/** A date that names no day counts as the last day it may mean: what may be recent goes along. Without a date nothing is recent. */
export const isRecent = (date: string, today: Day): boolean => date !== '' && daysBetween(latestDay(date), today) <= PACKET_DAYS;

/**
 * Words that mark an image or its report in the names of documents. Words of up to four letters match whole, longer ones the beginning
 * of a word (drafting/words.ts). The dental ones are those of R103; the list is editorial.
 */
const IMAGE_WORDS = [
  'x-ray',
  'xray',
  'radiograph',
  'radiolog',
  'ct',
  'mri',
  'mra',
  'ultrasound',
  'sonogra',
  'doppler',
  'mammogra',
  'pet',
  'scan',
  'dexa',
  'angiogra',
  'echocardiogra',
  'fluoroscop',
  'panoramic',
  'periapical',
  'bitewing',
  'cbct',
  'cone beam',
  'cephalometric',
  'imaging',
  'photo',
] as const;

export const imageWords: readonly string[] = IMAGE_WORDS;
