/**
 * What a patient sees and does by their link. A link alone shows nothing: it opens with the date of birth, five tries for all links of a
 * referral and no more, for an hour at a time, and what it opened reaches this one referral. Everything is on record.
 */
import { EMERGENCY_WORDS } from '@refloop/domain/patient/messages';
import type { PatientChannel, Reachable } from '@refloop/domain/patient/outreach';
import type { Actor, PatientSide, Performer } from '@refloop/domain/referral/event';
import { openOptions } from '@refloop/domain/referral/options';
import {
  askedNow,
  bookedWith,
  decidePatient,
  emergencyWordsOf,
  endForPatient,
  openDates,
  type PatientAct,
  type PatientActName,
  patientActs,
} from '@refloop/domain/referral/patient-act';
import type { Referral } from '@refloop/domain/referral/referral';
import { calendarFor } from '@refloop/domain/sla/policy';
import type { ActAsPatient, OpenPatient, PatientAnswer, PatientRequest, ToldBy } from '../../client/patient.ts';
import type { Packet } from '../../packet/packet.ts';
import { problem, type Refusal, Refused } from '../../problem.ts';
import { patientChannelsOf, type Site } from '../../sites.ts';
import type { PatientContact } from '../../store/patient-contacts.ts';
import type { StoredPatientLink } from '../../store/patient-links.ts';
import type { Scope, Store, Unit } from '../../store/store.ts';
import { optionsNow } from '../approved-options.ts';
import { practiceIn } from '../configuration-in-force.ts';
import { policyIn } from '../engine/policy-in-force.ts';
import { type Opening, openLinkDoor } from '../link-door.ts';
import { MOST_TRIES, triesOfPatient } from '../link-tries.ts';
import type { MatchingService } from '../matching.ts';
import { applyDecision, readReferral } from '../referral-log.ts';
import { changeConsent, changeConsentAt } from './patient-consent.ts';
import { approvedPacket, birthDateOf, contactOf, dayOn } from './patient-facts.ts';
import { patientRefusal } from './patient-refusal.ts';
import { isAdolescent, type PracticeOf, specialistOf, stageOf } from './patient-view.ts';
import { tellOffice } from './telling-office.ts';
import { whoOpens } from './who-opens.ts';

export type PatientPageService = {
  open: (asked: OpenPatient, now: Date) => Promise<PatientAnswer | Refusal>;
  view: (opened: string, now: Date) => Promise<PatientAnswer | Refusal>;
  act: (asked: ActAsPatient, now: Date) => Promise<PatientAnswer | Refusal>;
};

/** The same words whatever it is: nothing is told to whoever tries. */
const noSuchLink = (): Refusal =>
  problem('not-found', 'This link does not open anything, or not any more. Call your clinic for a new one.');
const notOpen = (): Refusal =>
  problem('session-ended', 'This page is no longer open: its hour is over. Open the link again and give the date of birth.');
const locked = (): Refusal => problem('not-allowed', 'This link was closed after five wrong tries. Call your clinic for a new one.');
const wrong = (left: number): Refusal => problem('not-allowed', triesLeft(left), [BORN_FAULT]);

export type PatientPageDeps = {
  store: Store;
  practiceOf: PracticeOf;
  /** Whom the clinician approved, as the directory lists them now. */
  matching: MatchingService;
  /** The site entry: the number to call, and whether it sends text messages. */
  siteOf: (scope: Scope) => Pick<Site, 'phone' | 'textMessages' | 'patientMail'> | undefined;
  /** What links to offices begin with. */
  publicUrl: string;
};

type Found = { unit: Unit; link: StoredPatientLink; links: StoredPatientLink[]; referral: Referral; packet: Packet };
type Place = { scope: Scope; id: string; referralId: string };

export function createPatientPageService({ store, practiceOf, matching, siteOf, publicUrl }: PatientPageDeps): PatientPageService {
  /** With none left also whom to call for another link: of the practice alone, since who asks has not shown who they are. */
  async function withTries(refusal: Refusal, left: number, { unit }: Found): Promise<Refusal> {
    if (left > 0) return { ...refusal, tries: { left, clinic: null } };
    const { practice, phone } = await practiceIn(unit, siteOf(unit.scope)?.phone ?? '');
    return { ...refusal, tries: { left, clinic: { name: practice, phone } } };
  }

  const door = openLinkDoor({
    store,
    name: 'patient-link',
    words: {
      noSuchLink,
      notOpen,
      locked: (found: Found) => withTries(locked(), 0, found),
      wrong: (left: number, found: Found) => withTries(wrong(left), left, found),
    },
    find: store.findPatientLink,
    // Alone with all links of its referral.
    take: async (unit: Unit, { id, referralId }: Place): Promise<Found | undefined> => {
      const links = await unit.patientLinks.takeAll(referralId);
      const link = links.find((each) => each.id === id);
      const referral = await readReferral(unit, referralId);
      const packet = referral && (await approvedPacket(unit, referral));
      return link && packet ? { unit, link, links, referral, packet } : undefined;
    },
    aboutOf: async ({ referral }) => ({ patientId: referral.patientId, payload: {} }),
    triesOf: ({ links }) => triesOfPatient(links),
    countWrongTry: ({ unit, link }) => unit.patientLinks.countWrongTry(link.id),
    wrongTry: 'patient-link.wrong-birth-date',
  });

  /** In whose name it was opened. */
  const sideOf = ({ link }: Found): PatientSide => {
    if (!link.opened) throw new Refused(notOpen());
    return link.opened.as;
  };

  /** Whom the patient may choose; of an adolescent no page says who it is. */
  const optionsFor = async (unit: Unit, referral: Referral, withheld: boolean, now: string): Promise<Performer[]> => {
    if (withheld || !patientActs(referral, now).includes('choose')) return [];
    const listed = new Set((await optionsNow(unit, matching, referral, new Date(now))).map(({ entryId }) => entryId));
    return openOptions(referral).filter(({ entryId }) => listed.has(entryId));
  };

  const answer = async (
    { unit, packet, link }: Found,
    now: string,
    opening: Opening,
    as: PatientSide,
    officeToldBy: ToldBy | null = null,
  ): Promise<PatientAnswer> => {
    const referral = await readReferral(unit, link.referralId);
    if (!referral) throw new Refused(noSuchLink());
    const contact = await contactOf(unit, referral, packet, now);
    const { language, text, email } = reachOf(contact, as);
    const site = siteOf(unit.scope);
    const { practice, phone, accent } = await practiceIn(unit, site?.phone ?? '');
    const how = endForPatient(referral, now);
    if (how) return { standing: 'over', how, practice, phone, accent, language };
    const attempt = askedNow(referral);
    const booked = attempt && bookedWith(attempt);
    const { timeZone } = calendarFor(await policyIn(unit), referral);
    const withheld = isAdolescent(packet, dayOn(now, timeZone));
    const options = await optionsFor(unit, referral, withheld, now);
    const told = (performer: Performer, asked: boolean) => specialistOf(referral, performer, packet, practiceOf, asked);
    const specialists = [...(attempt ? [told(attempt.performer, true)] : []), ...options.map((each) => told(each, false))];
    const mayDo = (act: PatientActName): boolean =>
      act === 'choose' ? options.length > 0 : act !== 'decline' || !withheld || as !== 'patient';
    return {
      standing: 'open',
      ...opening,
      practice,
      phone,
      accent,
      clinician: packet.referring.clinician,
      language,
      timeZone,
      specialists: withheld ? [] : specialists,
      reason: withheld ? '' : packet.request.reason,
      withheld,
      stage: stageOf(referral, attempt, now),
      officeToldBy,
      appointment: booked ? { startsAt: booked.startsAt } : null,
      dates: attempt ? openDates(attempt, now) : [],
      acts: patientActs(referral, now).filter(mayDo),
      texts: { number: text.to === null || !site?.textMessages ? null : text.to.slice(-4), wanted: text.consent.status === 'given' },
      emails: site?.patientMail
        ? { address: email.to === null ? null : shownAddress(email.to), wanted: email.consent.status === 'given' }
        : null,
    };
  };

  /** Also when the hour is over: whoever typed it had opened the page. Nothing of the referral is shown. */
  async function hearEmergency(opened: string, key: string, act: PatientAct, now: Date): Promise<PatientAnswer> {
    const at = now.toISOString();
    try {
      const heard = await door.withOpened(opened, async (found): Promise<PatientAnswer> => {
        const { unit, link, referral, packet } = found;
        const as = sideOf(found);
        const factKey = `patient-link/${link.id}/${key}`;
        await applyDecision(unit, link.referralId, { kind: 'patient', link: link.id, as }, at, (current) =>
          decidePatient(current, act, factKey, at),
        );
        await door.record(found, now, 'patient-link.act', { key, act: act.act, as, emergency: true });
        const { language } = await contactOf(unit, referral, packet, at);
        return { standing: 'emergency', words: EMERGENCY_WORDS, language };
      });
      if ('standing' in heard) return heard;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
    // The link opens nothing any more, so nobody here knows who it is. The words are the same.
    return { standing: 'emergency', words: EMERGENCY_WORDS, language: 'en' };
  }

  return {
    open: ({ link: token, ...given }, now) => {
      const isRight = ({ packet }: Found): boolean => birthDateOf(packet) !== undefined && birthDateOf(packet) === given.born;
      return door.open(token, now, isRight, async (found, { opened, until, hash }): Promise<PatientAnswer | Refusal> => {
        const at = now.toISOString();
        const { as } = given;
        const who = await whoOpens(found, given, at);
        if (who.kind === 'wrong') await found.unit.patientLinks.countWrongTry(found.link.id);
        if (who.kind === 'wrong') await door.record(found, now, 'patient-link.wrong-number', { as });
        if (who.kind === 'wrong') return withTries(who.refusal, MOST_TRIES - triesOfPatient(found.links) - 1, found);
        if (who.kind !== 'theirs') return who.refusal;
        await found.unit.patientLinks.open(found.link.id, { hash, until, as });
        await door.record(found, now, 'patient-link.opened', { until, as });
        return answer(found, at, { opened, until }, as);
      });
    },

    view: (opened, now) =>
      door.whileOpen(opened, now, async (found, opening) => {
        await door.record(found, now, 'patient-link.read', {});
        return answer(found, now.toISOString(), opening, sideOf(found));
      }),

    act: async ({ opened, key, what }, now) => {
      const asked = isOfChannel(what) ? undefined : inUtc(what);
      if (asked && emergencyWordsOf(asked) !== undefined) return hearEmergency(opened, key, asked, now);
      return door.whileOpen(opened, now, async (found, opening) => {
        const { unit, link, referral, packet } = found;
        const as = sideOf(found);
        const at = now.toISOString();
        const actor: Actor = { kind: 'patient', link: link.id, as };
        let officeToldBy: ToldBy | null = null;
        if (isOfChannel(what)) {
          const channel = CHANNELS[what.act];
          const contact = await contactOf(unit, referral, packet, at);
          const { to } = reachOf(contact, as)[channel];
          if (what.wanted && (to === null || !patientChannelsOf(siteOf(unit.scope)).includes(channel)))
            throw new Refused(problem('conflict', NOWHERE[channel]));
          const change = { channel, given: what.wanted, by: 'patient', actor, now: at, key: `patient-link/${link.id}/${key}` } as const;
          if (to !== null) await changeConsentAt(unit, contact, to, change);
          else if (as === 'patient') await changeConsent(unit, contact, change);
        } else {
          const act = inUtc(what);
          const withheld = isAdolescent(packet, dayOn(at, calendarFor(await policyIn(unit), referral).timeZone));
          // It would end the order: of somebody under age a parent says so, or the patient tells the clinic.
          if (act.act === 'decline' && as === 'patient' && withheld)
            throw new Refused(problem('not-allowed', 'Your clinic talks with you about this. Call them.'));
          const factKey = `patient-link/${link.id}/${key}`;
          const pressedBefore = referral.factKeys.includes(factKey);
          if (act.act === 'choose' && !pressedBefore) {
            const options = await optionsFor(unit, referral, withheld, at);
            if (!options.some(({ entryId }) => entryId === act.entryId))
              throw new Refused(patientRefusal({ kind: 'not-an-option', entryId: act.entryId }));
          }
          const applied = await applyDecision(unit, link.referralId, actor, at, (current) => decidePatient(current, act, factKey, at));
          if (!applied) throw new Refused(noSuchLink());
          if (!applied.ok) throw new Refused(patientRefusal(applied.refusal));
          const about = { before: referral, after: applied.value, act: act.act, key: factKey, by: link.id, publicUrl, now };
          officeToldBy = await tellOffice(unit, about);
        }
        await door.record(found, now, 'patient-link.act', { key, act: what.act, as });
        return answer(found, at, opening, as, officeToldBy);
      });
    },
  };
}

const BORN_FAULT = { field: 'born', message: 'It is not the date of birth of this patient', fix: 'Give month, day and year of birth.' };

const triesLeft = (left: number): string =>
  left === 0
    ? 'That is not the date of birth. The link is closed now; call your clinic for a new one.'
    : `That is not the date of birth. ${left === 1 ? 'One try is' : `${left} tries are`} left.`;

const NOWHERE_KNOWN: Reachable = {
  language: 'en',
  preferred: 'phone',
  text: { to: null, consent: { status: 'unknown' } },
  email: { to: null, consent: { status: 'unknown' } },
};

/** Of whoever opened it: what is on record of them, and of one of several on the same side nothing, since nobody knows which it is. */
function reachOf(contact: PatientContact, as: PatientSide): Reachable {
  const theirs = contact.proxies.filter(({ side }) => side === as);
  if (theirs.length === 0) return contact;
  const [one, ...others] = theirs;
  return others.length === 0 && one?.reach ? one.reach : { ...NOWHERE_KNOWN, language: one?.reach?.language ?? contact.language };
}

const CHANNELS = { texts: 'text', emails: 'email' } as const;
type OfChannel = Extract<PatientRequest, { act: keyof typeof CHANNELS }>;
const isOfChannel = (what: PatientRequest): what is OfChannel => what.act in CHANNELS;

const NOWHERE: Readonly<Record<PatientChannel, string>> = {
  text: 'The clinic has no number to text. Call the clinic.',
  email: 'The clinic has no address to write to. Call the clinic.',
};

/** Enough for whoever it is of to know it: “r…@example.org”. */
const shownAddress = (address: string): string => address.replace(/^(.).*(@.*)$/, '$1…$2');

/** Moments come with any offset; the domain compares them as text. */
function inUtc(what: Exclude<PatientRequest, OfChannel>): PatientAct {
  switch (what.act) {
    case 'book':
      return { act: 'book', startsAt: new Date(what.startsAt).toISOString() };
    case 'seen':
      return { act: 'seen', at: new Date(what.at).toISOString() };
    case 'rate':
      return { ...what, words: what.words || null };
    case 'cancel':
    case 'choose':
    case 'other-date':
    case 'decline':
      return what;
  }
}
