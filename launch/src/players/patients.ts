/**
 * Played patients: they read the practice's texts on their phone, open the link with their date of birth and act on their page, through Refloop's public
 * routes alone, as a browser would; now and then they write STOP. Who was sent nothing does nothing.
 */
import type { Patient, ServiceRequest } from '@medplum/fhirtypes';
import { phoneNumber } from '@refloop/domain/patient/outreach';
import { z } from 'zod';
import { searchAll } from '../chart/find.ts';
import { patientName } from '../chart/wording.ts';
import type { Repository, Stored } from '../fhir/repository.ts';
import type { KeptText, TextGateway } from '../phone/text-gateway.ts';
import { cancelsAt, choice, type PatientAct, readAt, stopsAfter } from './patient-course.ts';
import type { PlayedAct } from './played.ts';

const LINK = /\/patient#([A-Za-z0-9_-]{43})/;
const PATIENCE_MS = 10_000;
const MOST_PATIENTS = 10_000;
const YEAR_MS = 365.25 * 86_400_000;
/** From then on patients open their page themselves; below it a parent may, of an adolescent too. */
const OF_AGE = 18;
/** Several people may share a phone: so many try their date of birth. A link is locked after five wrong ones, over all links of its referral. */
const MOST_TRIES = 2;
const STOP = 'STOP';
const WRONG = 403;
const BUSY = 429;

/** What the patient's page is answered, as far as it is needed here. */
const View = z.object({
  standing: z.enum(['open', 'over', 'emergency']),
  opened: z.string().optional(),
  stage: z.string().default(''),
  acts: z.array(z.string()).default([]),
  dates: z.array(z.string()).default([]),
  appointment: z.object({ startsAt: z.string() }).nullish(),
});
type View = z.output<typeof View>;

type Person = { name: string; born: string; as: 'patient' | 'parent' };

/** A text with a link, in the hands of whoever has the phone. */
type Letter = {
  link: string;
  /** The same for the same text, in any play that begins alike. */
  key: string;
  person: Person | undefined;
  opensAt: Date | undefined;
  stops: boolean;
};

export type PatientsOptions = {
  repository: Repository;
  texts: Pick<TextGateway, 'texts' | 'write'>;
  /** Where Refloop is, without a final slash. */
  refloop: string;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
};

export function createPatients({ repository, texts, refloop, fetch }: PatientsOptions) {
  const letters = new Map<number, Letter>();
  let seenUpTo = 0;
  const textsOf = new Map<string, number>();
  let byPhone: Promise<Map<string, Stored<Patient>[]>> | undefined;

  const send = async (path: string, body: unknown): Promise<{ status: number; view: View | undefined }> => {
    const response = await fetch(`${refloop}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const answered: unknown = await response.json();
    return { status: response.status, view: response.ok ? View.parse(answered) : undefined };
  };

  /** A phone's owner knows who they are; here it is read from the charts. */
  async function ownersOf(phone: string): Promise<Stored<Patient>[]> {
    byPhone ??= searchAll<Patient>(repository, 'Patient', {}, MOST_PATIENTS).then((patients) => {
      const owners = new Map<string, Stored<Patient>[]>();
      for (const patient of patients)
        for (const { system, value } of patient.telecom ?? []) {
          const number = system === 'phone' ? phoneNumber(value ?? '') : undefined;
          if (number !== undefined) owners.set(number, [...(owners.get(number) ?? []), patient]);
        }
      return owners;
    });
    const own = (await byPhone).get(phone) ?? [];
    if (own.length < 2) return own;
    // Whoever was referred is likelier to be meant.
    const referred = await Promise.all(
      own.map(async (patient) => ({
        patient,
        orders: await searchAll<ServiceRequest>(repository, 'ServiceRequest', { subject: `Patient/${patient.id}`, status: 'active' }, 5),
      })),
    );
    return referred.toSorted((left, right) => right.orders.length - left.orders.length).map(({ patient }) => patient);
  }

  const personOf = (patient: Patient, now: Date): Person[] => {
    const { birthDate: born } = patient;
    if (born === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(born)) return [];
    const years = (now.getTime() - Date.parse(born)) / YEAR_MS;
    return [{ name: patientName(patient), born, as: years < OF_AGE ? 'parent' : 'patient' }];
  };

  /** `person` is kept once the page has opened to them. */
  async function open(letter: Letter, phone: string, now: Date): Promise<View | 'busy' | undefined> {
    const people = letter.person
      ? [letter.person]
      : (await ownersOf(phone)).flatMap((patient) => personOf(patient, now)).slice(0, MOST_TRIES);
    for (const person of people) {
      const { status, view } = await send('/patient/open', { link: letter.link, born: person.born, as: person.as });
      if (view) letter.person = person;
      // Only a wrong date of birth is a reason to let somebody else try.
      if (view || status !== WRONG) return status === BUSY ? 'busy' : view;
    }
    return undefined;
  }

  async function act(letter: Letter, text: KeptText, seed: string, now: Date): Promise<PlayedAct[]> {
    const view = await open(letter, text.phone, now);
    // Tried again with the next step.
    if (view === 'busy') return [];
    letter.opensAt = undefined;
    const { person, key } = letter;
    if (view?.standing !== 'open' || view.opened === undefined || !person) return [];
    const page = { ...view, appointment: view.appointment ?? null };
    const about = { patient: person.name, referral: `${text.phone}/${person.name}` };
    const startsAt = page.stage === 'booked' && page.appointment ? new Date(page.appointment.startsAt) : undefined;
    const gives = startsAt && cancelsAt(seed, about.referral, startsAt, text.at);
    const chosen: PatientAct | undefined =
      gives && gives <= now && page.acts.includes('cancel') ? { act: 'cancel' } : choice(seed, about, page);
    if (!chosen) {
      // Comes back to it when something comes up.
      if (gives && gives > now) letter.opensAt = gives;
      return [];
    }
    const done = await send('/patient/acts', { opened: view.opened, key: `player-${key}-${chosen.act}`.slice(0, 64), what: chosen });
    if (done.status === BUSY) letter.opensAt = now;
    if (!done.view) return [];
    if (chosen.act === 'book') letter.opensAt = cancelsAt(seed, about.referral, new Date(chosen.startsAt), text.at);
    return [{ at: now, who: person.name, act: `patient-${chosen.act}`, by: 'link' }];
  }

  function take(text: KeptText, seed: string): void {
    const count = (textsOf.get(text.phone) ?? 0) + 1;
    textsOf.set(text.phone, count);
    const [, link] = LINK.exec(text.text) ?? [];
    if (link === undefined) return;
    const key = `${text.phone}/${count}`;
    letters.set(text.number, { link, key, person: undefined, opensAt: readAt(seed, key, text.at), stops: stopsAfter(seed, key) });
  }

  /** Does what is due by now. */
  return async (seed: string, now: Date): Promise<PlayedAct[]> => {
    const played: PlayedAct[] = [];
    const kept = texts.texts().toReversed();
    for (const text of kept) {
      if (text.number <= seenUpTo) continue;
      seenUpTo = text.number;
      if (text.by === 'practice') take(text, seed);
    }
    for (const text of kept) {
      const letter = letters.get(text.number);
      if (!letter) continue;
      if (letter.opensAt && letter.opensAt <= now) played.push(...(await act(letter, text, seed, now)));
      if (letter.stops && (letter.opensAt === undefined || letter.opensAt > now)) {
        letter.stops = false;
        if ((await texts.write(text.phone, STOP)) === 'arrived')
          played.push({ at: now, who: letter.person?.name ?? text.phone, act: 'stop', by: 'phone' });
      }
    }
    return played;
  };
}
