/** The played coordinator asks a patient about texts at Refloop's own doors: what they said is on record as told on the telephone. */
import { answersCall, wantsTexts } from '@refloop/launch/players/patient-course';
import { askAboutTexts } from '@refloop/launch/players/staff/ask-patient';
import { personKey } from '@refloop/launch/players/visit';
import { approvedFor } from '@refloop/server/services/patient/test-patient';
import { openReferralApi, type ReferralApi } from '@refloop/server/services/test-referral-api';
import { afterAll, beforeAll, expect, test } from 'vitest';

const PATIENT = 'Rosa Example';

let api: ReferralApi;
beforeAll(async () => {
  api = await openReferralApi();
});
afterAll(() => api.close());

const seedBy = (holds: (seed: string) => boolean): string => {
  for (let number = 0; ; number += 1) if (holds(`seed-${number}`)) return `seed-${number}`;
};

test.each([
  { wants: true, said: 'wants-texts', consent: 'given' },
  { wants: false, said: 'wants-none', consent: 'withdrawn' },
])(
  'who answers the telephone says whether they want texts ($wants): it is on record, and nobody asks again',
  async ({ wants, said, consent }) => {
    const [referralId, patientId] = [`r-${said}`, `p-${said}`];
    await approvedFor(api.store, api.scope, referralId, api.clock.now.toISOString(), {}, patientId);
    const token = await api.session({ patientId: null, subject: 'kim', roles: ['coordinator'] });
    const ask = (method: string, path: string, body?: object) => api.call(method, path, token, body);
    const who = personKey(PATIENT);
    const silent = seedBy((seed) => !answersCall(seed, who, 0));
    const seed = seedBy((each) => answersCall(each, who, 0) && wantsTexts(each, who) === wants);

    expect(await askAboutTexts(ask, silent, referralId, PATIENT, 0)).toBe('not-reached');
    expect(await askAboutTexts(ask, seed, referralId, PATIENT, 0)).toBe(said);
    const { body } = await ask('GET', `/worklist/referrals/${referralId}/patient-contact`);
    expect(body).toMatchObject({ preferred: wants ? 'text' : 'phone', text: { consent: { status: consent } }, told: { how: 'telephone' } });
    expect(await askAboutTexts(ask, seed, referralId, PATIENT, 1)).toBe('not-asked');
  },
);
