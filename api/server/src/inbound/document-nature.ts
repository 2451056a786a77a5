/**
 * What a document is, by its own words. A report on record stands for a visit, so only what is positively a consult note is placed without
 * anybody looking: letters about a patient name the same people, and so does the referral that was sent, which often comes back first.
 */
import { SPECIALTIES } from '@refloop/domain/clinical/specialty';
import type { DocumentPart, Extract, Nature } from './read-document.ts';

/** The first line of every packet's text (packet/packet-pdf.ts); a fax or a copy keeps it where it loses all else. */
const OWN_REFERRAL = /^Referral [\w.-]{1,64}, approved \d{1,2} [A-Z][a-z]+ \d{4}, \d{2}:\d{2} UTC/m;

const CANNOT = String.raw`(?:cannot|can not|can['’]t|could not|couldn['’]t|unable to|not able to)`;
const NOT = String.raw`(?:did not|didn['’]t|has not|have not|failed to)`;
const ONE = String.raw`(?:(?:the|this|your|our|his|her|their|a|an|any|new) ){0,2}`;

/** How an office says that a patient was not seen, or will not be there. What else a patient declined, such as surgery, is another matter. */
const NOT_SEEN: readonly RegExp[] = [
  String.raw`${CANNOT} (?:schedule|accommodate|book|reach|contact) (?:them|him|her|${ONE}(?:patients?|appointments?|visits?|consultations?|referrals?))`,
  String.raw`${CANNOT} (?:accept|see|process|proceed with) ${ONE}(?:patients?|appointments?|consultations?|referrals?)`,
  String.raw`(?:declin(?:e|es|ed|ing)|reject(?:s|ed|ing)?|return(?:ed|ing)|cancel(?:s|ed|led|ing|ling)?|clos(?:e|ed|ing)) (?:your|this|the|our) (?:referral|consult(?:ation)?) ?(?:request|order)?`,
  String.raw`referral(?: request)? (?:is|was|has been|will be) (?:declined|rejected|denied|returned|cancell?ed|closed)`,
  String.raw`(?:no longer|not|do(?:es)?n['’]t) (?:accept(?:s|ing)?|participat(?:e|es|ing) (?:in|with)|taking (?:new )?patients)`,
  String.raw`no[- ]?show(?:ed|s)?`,
  String.raw`${NOT} (?:show up|keep ${ONE}appointment|kept ${ONE}appointment|come (?:to|for) ${ONE}(?:appointment|visit|consultation)|attend(?:ed)? ${ONE}(?:appointment|visit|consultation)|respond(?:ed)? to (?:our|multiple|several)|return(?:ed)? our|schedule|scheduled|been scheduled)`,
  String.raw`(?:missed|cancell?ed) ${ONE}(?:appointments?|visits?|consultations?)`,
  String.raw`(?:appointment|visit|consultation) (?:was|has been|is) (?:missed|cancell?ed|not kept)`,
  String.raw`(?:patient|she|he|they) (?:has |have )?(?:declined|refused|declines|refuses|does not (?:want|wish)) (?:to (?:schedule|be seen|come|make)|scheduling|${ONE}(?:appointment|consultation))`,
  String.raw`please (?:refer|send) (?:${ONE}patient |him |her |them )?(?:elsewhere|to another)`,
].map((pattern) => new RegExp(String.raw`\b(?:${pattern})\b`, 'i'));

/** An assessment makes a note; a plan alone may be a health plan, so it needs a diagnosis or findings beside it. */
function hasNoteHeadings(extracts: readonly Extract[]): boolean {
  const topics = new Set(extracts.map(({ topic }) => topic));
  return topics.has('assessment') || (topics.has('plan') && (topics.has('diagnosis') || topics.has('findings')));
}

/** Consultation Note (V3) of C-CDA R2.1, whatever LOINC code of its kind it carries. */
const CONSULTATION_NOTE = '2.16.840.1.113883.10.20.22.1.4';
const CONSULT_CODES: ReadonlySet<string> = new Set(SPECIALTIES.map(({ consultNote }) => consultNote.code));

/** What a C-CDA document says it is: its LOINC code, which the CMS50 set "Consultant Report" has or has not, and its templates. */
export type DeclaredType = { code: string; templates: readonly string[] };

/** @param declared undefined where the document is of a kind that declares none, such as a PDF */
export function natureOf(parts: readonly DocumentPart[], extracts: readonly Extract[], declared?: DeclaredType): Nature {
  if (parts.some(({ text }) => OWN_REFERRAL.test(text))) return 'own-referral';
  // A sentence goes on over the ends of lines and pages.
  const running = parts.map(({ text }) => text.replaceAll(/\s+/g, ' ')).join(' ');
  if (NOT_SEEN.some((pattern) => pattern.test(running))) return 'not-seen';
  const isNote = declared ? CONSULT_CODES.has(declared.code) || declared.templates.includes(CONSULTATION_NOTE) : hasNoteHeadings(extracts);
  return isNote ? 'consult-note' : 'unsaid';
}
