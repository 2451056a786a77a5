/**
 * Played offices without an EHR: they open the link they got by mail with their specialist's NPI, and answer on its page. Through Refloop's public
 * routes alone, as a browser would.
 */
import type { ServiceRequest } from '@medplum/fhirtypes';
import { SPECIALTIES } from '@refloop/domain/clinical/specialty';
import { z } from 'zod';
import { searchAll } from '../chart/find.ts';
import type { Repository } from '../fhir/repository.ts';
import type { KeptMail } from '../mail/mail-server.ts';
import { type NextAct, nextAct, type Request, type Standing } from './course.ts';
import { notePdf } from './note-pdf.ts';
import { noteLines } from './note-words.ts';
import type { PlayedAct } from './played.ts';
import type { Telephone } from './telephone.ts';
import { sameName } from './visit.ts';

const LINK = /\/office#([A-Za-z0-9_-]{43})/;
const NPI = 'http://hl7.org/fhir/sid/us-npi';
const PATIENCE_MS = 10_000;
const MOST_ORDERS = 1000;

/** What the office's page is answered, as far as it is needed here. */
const View = z.object({
  standing: z.enum(['open', 'over']),
  opened: z.string().optional(),
  specialist: z.string().optional(),
  patientName: z.string().optional(),
  specialtyName: z.string().optional(),
  urgency: z.enum(['routine', 'urgent', 'emergency']).optional(),
  appointment: z.object({ startsAt: z.string() }).nullish(),
  offered: z.array(z.string()).default([]),
  acts: z.array(z.string()).default([]),
});
type View = z.output<typeof View>;

export type LinkOfficesOptions = {
  repository: Repository;
  mails: () => readonly KeptMail[];
  /** Where Refloop is, without a final slash. */
  refloop: string;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  telephone?: Telephone;
};

type Letter = {
  link: string;
  npi: string;
  /** Empty until it was opened. */
  patientName: string;
  request: Request;
  /** As it was seen last. */
  standing: Standing | undefined;
  next: NextAct | undefined;
};

/** How often an office looks whether something was changed meanwhile. */
const LOOK_MS = 24 * 3_600_000;

export function createLinkOffices({ repository, mails, refloop, fetch, telephone }: LinkOfficesOptions) {
  const letters = new Map<number, Letter | 'not for us'>();
  const lookedAt = new Map<number, number>();

  const ask = async (path: string, init: RequestInit): Promise<View | undefined> => {
    const response = await fetch(`${refloop}${path}`, {
      ...init,
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const body: unknown = await response.json();
    return response.ok ? View.parse(body) : undefined;
  };
  const send = (path: string, body: unknown): Promise<View | undefined> =>
    ask(path, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

  /** An office knows its specialists' numbers; here they are read from the orders that name them. */
  async function npiIn(words: string): Promise<string | undefined> {
    const orders = await searchAll<ServiceRequest>(repository, 'ServiceRequest', { status: 'active', _sort: '-_lastUpdated' }, MOST_ORDERS);
    const performers = orders.flatMap(({ performer = [] }) => performer);
    return performers.find(({ display, identifier }) => display !== undefined && identifier?.system === NPI && words.includes(display))
      ?.identifier?.value;
  }

  /** @param did what the office has just done there */
  const standingOf = (view: View, before: Standing | undefined, did: NextAct['act'] | undefined, now: Date): Standing | undefined => {
    const startsAt = view.appointment ? { startsAt: new Date(view.appointment.startsAt) } : {};
    const at = (stage: Standing['stage']): Standing => {
      const same = before?.stage === stage && before.startsAt?.getTime() === startsAt.startsAt?.getTime();
      return same ? before : { stage, since: now, ...startsAt };
    };
    if (view.standing === 'over' || did === 'note') return undefined;
    if (view.acts.includes('confirm-cancellation')) return at('called-off');
    if (view.acts.includes('accept')) return at('asked');
    if (view.appointment) return at('booked');
    if (did === 'seen' || before?.stage === 'seen') return at('seen');
    if (did === 'no-show' || before?.stage === 'missed') return at('missed');
    if (view.offered.length > 0 && view.acts.includes('book')) {
      const [first] = view.offered.toSorted();
      const waits = before?.stage === 'offered' && before.startsAt?.toISOString() === first;
      return waits ? before : { stage: 'offered', since: now, ...(first === undefined ? {} : { startsAt: new Date(first) }) };
    }
    if (view.acts.includes('book')) return at('accepted');
    return view.acts.includes('note') ? at('advice') : undefined;
  };

  function read(letter: Letter, view: View, did: NextAct['act'] | undefined, seed: string, now: Date): void {
    letter.request = {
      key: `${view.patientName}/${letter.npi}`,
      specialty: SPECIALTIES.find(({ name }) => name === view.specialtyName)?.id ?? '',
      urgency: view.urgency ?? 'routine',
      patient: view.patientName ?? '',
      offersDates: true,
    };
    letter.patientName = view.patientName ?? letter.patientName;
    letter.standing = standingOf(view, letter.standing, did, now);
    draw(letter, seed);
  }

  /** Anew whenever it may have been called. */
  function draw(letter: Letter, seed: string): void {
    const calls = telephone?.callsTo(letter.npi, letter.patientName);
    letter.next = letter.standing && nextAct(seed, { ...letter.request, calls }, letter.standing);
  }

  const open = ({ link, npi }: Letter): Promise<View | undefined> => send('/office/open', { link, npi });

  async function letterOf({ mail }: KeptMail): Promise<Letter | undefined> {
    const words = mail.text ?? '';
    const [, link] = LINK.exec(words) ?? [];
    const npi = link === undefined ? undefined : await npiIn(words);
    return link === undefined || npi === undefined
      ? undefined
      : {
          link,
          npi,
          patientName: '',
          request: { key: '', specialty: '', urgency: 'routine', patient: '' },
          standing: undefined,
          next: undefined,
        };
  }

  async function answer(letter: Letter, next: NextAct, number: number, now: Date): Promise<View | undefined> {
    const view = await open(letter);
    if (view?.standing !== 'open' || view.opened === undefined || !view.acts.includes(next.act)) return view;
    const key = `player-${number}-${next.act}-${next.at.getTime()}`;
    const { opened } = view;
    switch (next.act) {
      case 'note': {
        const { patientName: patient = '', specialist = '' } = view;
        const lines = noteLines({ patient, specialist, npi: letter.npi, date: now.toISOString().slice(0, 10) });
        return ask(`/office/notes?key=${key}&form=final`, {
          headers: { 'content-type': 'application/pdf', authorization: `Bearer ${opened}` },
          body: notePdf(lines),
        });
      }
      case 'book':
        return send('/office/acts', { opened, key, what: { act: 'book', startsAt: next.startsAt.toISOString() } });
      case 'offer-dates':
        return send('/office/acts', {
          opened,
          key,
          what: { act: 'offer-dates', dates: next.dates.map((date) => date.toISOString()) },
        });
      case 'decline':
        return send('/office/acts', { opened, key, what: { act: 'decline', reason: next.reason } });
      case 'seen':
      case 'no-show':
        return send('/office/acts', { opened, key, what: { act: next.act, at: view.appointment?.startsAt ?? now.toISOString() } });
      case 'accept':
      case 'confirm-cancellation':
        return send('/office/acts', { opened, key, what: { act: next.act } });
    }
  }

  return {
    /** Whether this office got its letter about this patient: then it has no EHR that would show it a Task. */
    wrote: (npi: string, name: string): boolean =>
      [...letters.values()].some((letter) => letter !== 'not for us' && letter.npi === npi && sameName(letter.patientName, name)),
    /** Does what is due by now. */
    work: async (seed: string, now: Date): Promise<PlayedAct[]> => {
      const played: PlayedAct[] = [];
      for (const mail of mails()) {
        const { number } = mail;
        const known = letters.get(number) ?? (await letterOf(mail)) ?? 'not for us';
        letters.set(number, known);
        if (known === 'not for us') continue;
        if (known.standing && !known.next) draw(known, seed);
        const due = known.next !== undefined && known.next.at <= now;
        const isNew = !lookedAt.has(number);
        if (!due && !isNew && now.getTime() - (lookedAt.get(number) ?? 0) < LOOK_MS) continue;
        lookedAt.set(number, now.getTime());
        const view = due && known.next ? await answer(known, known.next, number, now) : await open(known);
        if (due && known.next && view) played.push({ at: now, who: view.specialist ?? known.npi, act: known.next.act, by: 'link' });
        if (view) read(known, view, due ? known.next?.act : undefined, seed, isNew ? mail.at : now);
      }
      return played;
    },
  };
}
