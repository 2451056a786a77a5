/**
 * Played offices that have a fax machine alone: they read the pages they got, and what they have to say goes back as a fax, first the answer and in the
 * end the note, each a PDF with a text layer that Refloop has to match. Of a visit that took place they send their note and no other word.
 */
import type { FaxMachine } from '../mail/fax-machine.ts';
import { faxText } from '../mail/fax-text.ts';
import type { KeptMail } from '../mail/mail-server.ts';
import { type NextAct, nextAct, type Request, type Standing } from './course.ts';
import { notePdf } from './note-pdf.ts';
import { answerLines, type NoteOf, noteLines } from './note-words.ts';
import type { PlayedAct } from './played.ts';
import { type ReferralFax, readReferralFax } from './referral-fax.ts';
import type { Telephone } from './telephone.ts';
import { personKey, sameName } from './visit.ts';

/** A fax comes as a mail to a number. */
const TO_A_NUMBER = /^\+?\d{7,15}@fax\./;

type Sheet = { fax: ReferralFax; request: Request; standing: Standing | undefined };

export type FaxOfficesOptions = {
  mails: () => readonly KeptMail[];
  /** By which they fax to the practice. */
  fax: Pick<FaxMachine, 'send'>;
  telephone?: Telephone;
};

const day = (at: Date): string => at.toISOString().slice(0, 10);

/** What the office says of it on paper; undefined of what it tells nobody. */
function answerOf(next: NextAct): string | undefined {
  switch (next.act) {
    case 'accept':
      return 'accepted';
    case 'decline':
      return `declined: ${next.reason.replaceAll('-', ' ')}`;
    case 'book':
      return `booked for ${next.startsAt.toISOString()}`;
    case 'no-show':
      return 'no-show: the patient did not come';
    case 'seen':
    case 'note':
    case 'offer-dates':
    case 'confirm-cancellation':
      return undefined;
  }
}

/** Where it stands with the office once it has done this. */
function standingAfter(next: NextAct, { fax, standing }: Sheet, now: Date): Standing | undefined {
  // What follows is drawn for each visit by itself (`nextAct`), as of offices with an EHR.
  const visit = standing?.startsAt ? { startsAt: standing.startsAt } : {};
  switch (next.act) {
    case 'accept':
      return { stage: fax.isAdvice ? 'advice' : 'accepted', since: now };
    case 'book':
      return { stage: 'booked', since: now, startsAt: next.startsAt };
    case 'no-show':
      return { stage: 'missed', since: now, ...visit };
    case 'seen':
      return { stage: 'seen', since: now, ...visit };
    case 'decline':
    case 'note':
    case 'offer-dates':
    case 'confirm-cancellation':
      return undefined;
  }
}

export function createFaxOffices({ mails, fax: machine, telephone }: FaxOfficesOptions) {
  const sheets: Sheet[] = [];
  let readUpTo = 0;

  async function read({ at, to, mail }: KeptMail): Promise<void> {
    const [pages] = mail.attachments;
    if (!to.some((address) => TO_A_NUMBER.test(address)) || !pages) return;
    const text = await faxText(typeof pages.content === 'string' ? Buffer.from(pages.content, 'latin1') : new Uint8Array(pages.content));
    const fax = text === undefined ? undefined : readReferralFax(text);
    // The same referral sent once more is no new one.
    if (!fax || sheets.some((sheet) => sheet.fax.referral === fax.referral && sheet.fax.npi === fax.npi)) return;
    const { npi, specialty, urgency, patient } = fax;
    sheets.push({
      fax,
      request: { key: `fax/${personKey(patient)}/${npi}`, specialty, urgency, patient },
      standing: { stage: 'asked', since: at },
    });
  }

  async function send({ fax }: Sheet, next: NextAct, now: Date): Promise<'sent' | 'nothing-to-send' | 'not-taken'> {
    const of: NoteOf = { ...fax, date: day(now) };
    const answer = answerOf(next);
    const lines = next.act === 'note' ? noteLines(of) : answer === undefined ? undefined : answerLines(of, answer);
    if (!lines) return 'nothing-to-send';
    return (await machine.send(notePdf(lines))) === 'arrived' ? 'sent' : 'not-taken';
  }

  return {
    /** Whether this office got a fax about this patient: then it has no EHR that would show it a Task. */
    wasFaxed: (npi: string, patient: string): boolean => sheets.some(({ fax }) => fax.npi === npi && sameName(fax.patient, patient)),
    /** Does what is due by now. */
    work: async (seed: string, now: Date): Promise<PlayedAct[]> => {
      const played: PlayedAct[] = [];
      for (const mail of mails().toReversed()) {
        if (mail.number <= readUpTo) continue;
        readUpTo = mail.number;
        await read(mail);
      }
      for (const sheet of sheets) {
        const { fax, request, standing } = sheet;
        if (standing && telephone?.wasCalledOff(fax.npi, fax.patient)) sheet.standing = undefined;
        const next = sheet.standing && nextAct(seed, { ...request, calls: telephone?.callsTo(fax.npi, fax.patient) }, sheet.standing);
        if (!next || next.at > now) continue;
        const sent = await send(sheet, next, now);
        // A machine that is busy is tried again with the next step.
        if (sent === 'not-taken') continue;
        if (next.act === 'seen' || next.act === 'no-show')
          telephone?.knowOfVisit(fax.npi, fax.patient, { came: next.act === 'seen', at: sheet.standing?.startsAt ?? now });
        sheet.standing = standingAfter(next, sheet, now);
        if (sent === 'sent') played.push({ at: now, who: fax.specialist, act: next.act, by: 'fax' });
      }
      return played;
    },
  };
}
