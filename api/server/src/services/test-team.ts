/** For tests: a clinic of a preparer, the clinician they prepare for, one who covers, and others who do neither. */
import { openReferralApi, type ReferralApi } from './test-referral-api.ts';
import { approveInput, type Body, type Made, makeInput } from './test-referral-input.ts';

export const HOLDER = 'window-one-1234';

export type Team = {
  api: ReferralApi;
  /** Tokens of sessions on the patient. */
  nurse: string;
  lee: string;
  covering: string;
  /** A clinician who covers for nobody. */
  moss: string;
  /** A preparer who is named for nobody. */
  tran: string;
  /** Tokens of sessions without a patient. */
  admin: string;
  coordinator: string;
  /** The same person without a patient, in the Referral center. */
  atDesk: (subject: string) => Promise<string>;
  delegations: { prepares: string; covers: string };
  close: () => Promise<void>;
};

export async function openTeam(): Promise<Team> {
  const api = await openReferralApi();
  const admin = await api.session({ subject: 'admin', patientId: null, roles: ['admin'] });
  const nurse = await api.session({ subject: 'nurse', roles: ['preparer'] });
  const tran = await api.session({ subject: 'tran', roles: ['preparer'] });
  const person = (subject: string, name: string) => ({ subject, fhirUser: `Practitioner/${subject}`, name });
  const name = async (kind: string, delegate: Body, clinician: Body): Promise<string> => {
    const given = await api.call('POST', '/delegations', admin, { kind, delegate, clinician, reason: 'Team of the clinic', until: null });
    if (given.status !== 201) throw new Error(JSON.stringify(given.body));
    return String(given.body['id']);
  };
  const clinician = person('lee', 'Dr. Lee');
  return {
    api,
    nurse,
    tran,
    admin,
    lee: await api.session({ subject: 'lee' }),
    covering: await api.session({ subject: 'covering' }),
    moss: await api.session({ subject: 'moss' }),
    coordinator: await api.session({ subject: 'coordinator', patientId: null, roles: ['coordinator'] }),
    atDesk: (subject) => api.session({ subject, patientId: null }),
    delegations: {
      prepares: await name('prepares-for', person('nurse', 'Kim Ortiz, MA'), clinician),
      covers: await name('covers', person('covering', 'Dr. Ferrante'), clinician),
    },
    close: api.close,
  };
}

export const OWN_WORDS = 'She asks for an appointment before her trip.';

/** The working copy with one sentence more, of the person who prepares. */
export const withOwnWords = (working: Body): Body => ({
  ...working,
  sentences: [...(working['sentences'] as Body[]), { id: 'own-1', section: 'request', text: OWN_WORDS, author: 'clinician', sources: [] }],
});

export type Handed = { input: Body; made: Made };

/** The preparer makes a recommendation, writes a sentence and hands it to the clinician. */
export async function handOver(team: Team, input: Body = makeInput(), note = 'Please soon'): Promise<Handed> {
  const { api, nurse } = team;
  const made = (await api.call('POST', '/recommendations', nurse, input)).body as Made;
  await api.call('PUT', `/recommendations/${made.id}/working`, nurse, { revision: made.revision, working: withOwnWords(made.working) });
  const handed = await api.call('POST', `/recommendations/${made.id}/pend`, nurse, { for: 'lee', note });
  if (handed.status !== 200) throw new Error(JSON.stringify(handed.body));
  return { input, made: handed.body as Made };
}

/** The recommendation as this person reads it. */
export const read = async (team: Team, id: string, token = team.lee): Promise<Made> =>
  (await team.api.call('GET', `/recommendations/${id}`, token)).body as Made;

export const sign = async (team: Team, { input, made }: Handed, token = team.lee, more: Body = {}) =>
  team.api.call('POST', '/approvals', token, approveInput(await read(team, made.id, token), input, more));
