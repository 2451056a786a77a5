/** The specialist's office: by its link where it has one, else by telephone with a coordinator who puts on record what it says. */
import { gatewayToken } from '@refloop/server/inbound/test-gateway';
import { pdfNote } from '@refloop/server/inbound/test-notes';
import { byHand, type Case, good, inMinutes, threadOf } from './life.ts';
import type { Body } from './line.ts';
import type { PatientPage } from './patient-page.ts';

/** A link for whoever is asked now; undefined where none came. */
export type Lender = () => Promise<string | undefined>;

export type Office = {
  decline: () => Promise<boolean>;
  /** @returns when the visit is, where one was booked */
  accept: (page: PatientPage | undefined) => Promise<string | undefined>;
  seen: (page: PatientPage | undefined) => Promise<void>;
  note: () => Promise<void>;
};

type Desk = { act: (act: string, more?: Body) => Promise<boolean>; upload: (() => Promise<boolean>) | undefined };

const SESSION_ENDED = 401;
const MOST_TRIES = 4;

export async function notePages({ patient, line }: Case, npi: string): Promise<Uint8Array<ArrayBuffer>> {
  return pdfNote([noteLines(patient, npi, line.now())]);
}

const noteLines = ({ family, born, id }: Case['patient'], npi: string, now: Date): string[] => [
  'Bay Heart Cardiology Consultation',
  `Patient: ${family}, Rosalind`,
  `DOB: ${born}`,
  `MRN: MRN-${id}`,
  'Sex: F',
  `Date of service: ${now.toISOString().slice(0, 10)}`,
  'Provider: Ana Family, MD',
  `NPI: ${npi}`,
  'Assessment',
  'Symptomatic premature ventricular contractions.',
  'Plan:',
  'Metoprolol 25 mg twice daily.',
];

/** The office's own page. */
async function deskByLink(each: Case, link: string): Promise<Desk> {
  const { line, ledger, referralId, press } = each;
  const { npi } = (await threadOf(each))['performer'] as { npi: string };
  let opened = '';
  const open = async (): Promise<void> => {
    const body = good(await line.ask('POST', '/office/open', '', { body: { link, npi } }));
    opened = typeof body['opened'] === 'string' ? body['opened'] : '';
  };
  await open();
  /** Its hour may be over, or the answer that opened it was lost: it is opened again then. */
  const pressed = async (what: string, send: (key: string, fact: ReturnType<typeof ledger.expect>) => ReturnType<typeof line.ask>) => {
    const key = press();
    const fact = ledger.expect(`the office: ${what}`, referralId, { key });
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const { status } = await send(key, fact);
      if (status < 300) return true;
      if (status !== SESSION_ENDED) return false;
      await open();
    }
    return false;
  };
  return {
    act: (act, more = {}) =>
      pressed(act, (key, fact) => line.ask('POST', '/office/acts', '', { body: { opened, key, what: { act, ...more } }, fact })),
    upload: async () => {
      const file = { bytes: await notePages(each, npi), type: 'application/pdf' };
      return pressed('note', (key, fact) =>
        line.ask('POST', `/office/notes?key=${key}&form=final`, () => Promise.resolve(opened), { file, fact }),
      );
    },
  };
}

/** By telephone: the same words for what is done, others for how it is put on record. */
const deskByHand = (each: Case): Desk => {
  const at = (): string => each.line.now().toISOString();
  return {
    act: async (act, more = {}) => {
      switch (act) {
        case 'accept':
          return byHand(each, 'accepted', { at: at() });
        case 'decline':
          return byHand(each, 'declined', { ...more, at: at() });
        case 'book':
          return byHand(each, 'booked', { ...more, at: at() });
        case 'seen':
          return byHand(each, 'seen', more);
        case 'ask':
          return byHand(each, 'contacted', { outcome: 'reached' });
        default:
          return false;
      }
    },
    upload: undefined,
  };
};

/** The gateway hands over the note that the office faxed; the same again until it is answered. */
async function faxedNote(each: Case): Promise<void> {
  const { line, ledger, deployment, press } = each;
  const { npi } = (await threadOf(each))['performer'] as { npi: string };
  const bytes = new TextEncoder().encode(noteLines(each.patient, npi, line.now()).join('\n'));
  const key = press();
  const document = { key, tries: 0, id: undefined as string | undefined };
  ledger.documents.push(document);
  const token = (): Promise<string> => {
    document.tries += 1;
    return gatewayToken(deployment.chart.iss, bytes, line.now(), { jti: key });
  };
  const file = { bytes, type: 'application/octet-stream' };
  document.id = String(good(await line.ask('POST', '/inbound/documents', token, { file }))['id']);
}

async function replied({ line, ledger, coordinator, referralId, press, ...each }: Case): Promise<void> {
  const key = press();
  const fact = ledger.expect('an answer to the office', referralId, { key });
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const { sequence } = await threadOf({ line, ledger, coordinator, referralId, press, ...each });
    const body = { key, sequence, text: 'The medications are in the packet.' };
    const answer = await line.ask('POST', `/worklist/referrals/${referralId}/messages`, coordinator, { body, fact });
    if (answer.status !== 409) return;
  }
}

/** @param lend where the office is to have a link */
export function officeOf(each: Case, lend: Lender | undefined): Office {
  const { draws } = each;
  let desk: Desk | undefined;
  const atDesk = async (): Promise<Desk> => {
    if (desk) return desk;
    const link = await lend?.();
    desk = link === undefined ? deskByHand(each) : await deskByLink(each, link);
    return desk;
  };
  return {
    decline: async () => {
      const declined = await (await atDesk()).act('decline', { reason: 'not-taking-patients' });
      // Whoever is asked next has a link of their own.
      desk = undefined;
      return declined;
    },
    accept: async (page) => {
      const own = await atDesk();
      if (own.upload && draws.chance(0.3) && (await own.act('ask', { text: 'Which medications does she take?' }))) await replied(each);
      if (!(await own.act('accept'))) return undefined;
      const startsAt = inMinutes(each, draws.integer(2, 8));
      if (own.upload && page && draws.chance(0.7)) {
        const dates = [startsAt, inMinutes(each, 15)];
        if (await own.act('offer-dates', { dates })) return (await page.book(startsAt)) ? startsAt : undefined;
      }
      return draws.chance(0.7) && (await own.act('book', { startsAt })) ? startsAt : undefined;
    },
    seen: async (page) => {
      const at = each.line.now().toISOString();
      if (!(page && draws.chance(0.4) && (await page.seen(at)))) await (await atDesk()).act('seen', { at });
    },
    note: async () => {
      const { upload } = await atDesk();
      if (upload && draws.chance(0.6)) await upload();
      else if (draws.chance(0.7)) await faxedNote(each);
      else await byHand(each, 'note', { form: 'final', at: each.line.now().toISOString() });
    },
  };
}
