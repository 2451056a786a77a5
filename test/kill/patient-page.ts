/** The patient, on the page that their link opens with the date of birth. */

import type { Where } from './ledger.ts';
import { type Case, good } from './life.ts';
import type { Body } from './line.ts';

export type PatientPage = {
  wantTexts: () => Promise<boolean>;
  /** One of the dates that the office offered. */
  book: (startsAt: string) => Promise<boolean>;
  seen: (at: string) => Promise<boolean>;
  rate: () => Promise<boolean>;
};

const SESSION_ENDED = 401;
const MOST_TRIES = 4;

export function patientPageOf({ line, ledger, coordinator, referralId, patient, press }: Case): PatientPage {
  let opened = '';
  const open = async (): Promise<void> => {
    const made = good(await line.ask('POST', `/worklist/referrals/${referralId}/patient-link`, coordinator));
    const body = good(await line.ask('POST', '/patient/open', '', { body: { link: made['link'], born: patient.born, as: 'patient' } }));
    opened = typeof body['opened'] === 'string' ? body['opened'] : '';
  };
  const act = async (what: Body, where?: Where): Promise<boolean> => {
    const key = press();
    const fact = ledger.expect(`the patient: ${String(what['act'])}`, referralId, where ?? { key });
    if (opened === '') await open();
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const { status } = await line.ask('POST', '/patient/acts', '', { body: { opened, key, what }, fact });
      if (status < 300) return true;
      if (status !== SESSION_ENDED) return false;
      await open();
    }
    return false;
  };
  return {
    wantTexts: () => act({ act: 'texts', wanted: true }, { type: 'patient-consent-changed', data: { channel: 'text', given: true } }),
    book: (startsAt) => act({ act: 'book', startsAt }),
    seen: (at) => act({ act: 'seen', at }),
    rate: () => act({ act: 'rate', score: 5, words: null }),
  };
}
