/**
 * All that the patient's page says, in both languages, at eight years of school or fewer (patient-words.test.ts). The Spanish is for a qualified
 * translator's review before it is used.
 */
import type { Language } from '@refloop/domain/patient/reading-grade';
import type { PatientOver, PatientRequest, PatientSideName, PatientStage, ToldBy } from '@refloop/server/client/patient';
import type { Problem } from '@refloop/server/client/session';
import type { ApiFailure } from '../session/api.ts';
import { isProblem } from '../session/api.ts';
import { practiceTime } from '../words/practice-time.ts';
import { ENGLISH } from './english-words.ts';
import { SPANISH } from './spanish-words.ts';

export type DeclineReason = Extract<PatientRequest, { act: 'decline' }>['reason'];
export type Score = Extract<PatientRequest, { act: 'rate' }>['score'];
type ActName = PatientRequest['act'];
type ChannelAct = Extract<PatientRequest, { wanted: boolean }>['act'];
/** As it is called on the page: `first-date` is `other-date` of whom no date is offered or booked. */
export type ActShown = Exclude<ActName, 'book' | 'choose' | 'texts' | 'emails'> | 'first-date';

/** Of one channel; `to` is what is shown of the number or address. */
export type ChannelWords = {
  title: string;
  none: string;
  ask: (to: string) => string;
  on: (to: string) => string;
  yes: string;
  stop: string;
};

export type Words = {
  otherLanguage: string;
  title: string;
  emergency: string;
  incomplete: { title: string; text: string };
  born: {
    title: string;
    text: string;
    legend: string;
    month: string;
    day: string;
    year: string;
    who: string;
    /** Of who acts for the patient, where it is asked for. */
    phone: string;
    open: string;
    opening: string;
    missing: string;
    tries: string;
  };
  sides: Record<PatientSideName, string>;
  stages: Record<PatientStage, string>;
  see: string;
  where: string;
  call: string;
  why: string;
  asks: (clinician: string) => string;
  asWritten: string;
  withheld: string;
  visit: string;
  pick: string;
  noDates: string;
  acts: Record<ActShown, string>;
  forms: Record<ActShown, string>;
  when: string;
  reason: string;
  reasons: Record<DeclineReason, string>;
  declineSure: string;
  cancelSure: string;
  day: string;
  score: string;
  scores: Record<Score, string>;
  more: string;
  send: string;
  sending: string;
  back: string;
  /** Of messages it is told what is so from now on. */
  done: Record<Exclude<ActName, ChannelAct>, string> & Record<ChannelAct, { on: string; off: string }>;
  /** Behind what was done, where the office has to hear of it. */
  officeToldBy: Record<ToldBy, string>;
  missing: string;
  /** Others whom the clinician approved; `told` is of the office that was asked before. */
  options: {
    title: string;
    text: string;
    pick: (name: string) => string;
    sure: (name: string) => string;
    what: string;
    yes: string;
    told: Record<ToldBy, string>;
  };
  texts: ChannelWords;
  emails: ChannelWords;
  over: Record<PatientOver['how'], string>;
  /** Of a link that opens nothing any more, since it was tried too often. */
  locked: { title: string; text: string };
  overTitle: string;
  heldTitle: string;
  question: (phone: string) => string;
  until: (time: string) => string;
  failures: {
    notDone: string;
    gone: string;
    wrong: string;
    /** Behind what was wrong. */
    left: (tries: number) => string;
    who: string;
    phone: string;
    taken: string;
    ended: string;
    away: string;
    /** Of something that was to be done and may have arrived. */
    notKnown: string;
    tooMuch: string;
    other: string;
  };
};

export const WORDS: Readonly<Record<Language, Words>> = { en: ENGLISH, es: SPANISH };

/** Of the browser, until the page knows better. */
export const browserLanguage = (): Language => (navigator.language.toLowerCase().startsWith('es') ? 'es' : 'en');

/** What of the form is told to be wrong. */
export const fieldsOf = (failure: ApiFailure): string[] =>
  failure.kind === 'problem' ? (failure.problem.errors ?? []).map(({ field }) => field) : [];

/** Of a link that was tried: what is left. */
export const triesOf = (failure: ApiFailure): Problem['tries'] => (failure.kind === 'problem' ? failure.problem.tries : undefined);

/** Why something was not done, in words of this page: the server's own are English. */
export function failureWords(failure: ApiFailure, { failures }: Words): string {
  if (failure.kind === 'unreachable') return failures.away;
  if (isProblem(failure, 'not-found')) return failures.gone;
  if (isProblem(failure, 'session-ended')) return failures.ended;
  if (isProblem(failure, 'conflict')) return failures.taken;
  if (isProblem(failure, 'too-many-requests')) return failures.tooMuch;
  if (isProblem(failure, 'not-allowed')) {
    const fields = fieldsOf(failure);
    const wrong = fields.includes('phone') ? failures.phone : fields.includes('as') ? failures.who : failures.wrong;
    const left = triesOf(failure)?.left;
    return left === undefined ? wrong : `${wrong} ${failures.left(left)}`;
  }
  return failures.other;
}

/** The same of something that was to be done: what nobody answered may have arrived. */
export const notDoneWords = (failure: ApiFailure, words: Words): string =>
  failure.kind === 'unreachable' ? words.failures.notKnown : `${words.failures.notDone} ${failureWords(failure, words)}`;

/** What was done, and of messages what is so now. */
export function doneWords(what: PatientRequest, { done }: Words): string {
  if (what.act === 'texts' || what.act === 'emails') return what.wanted ? done[what.act].on : done[what.act].off;
  return done[what.act];
}

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-US', es: 'es-US' };

/** "Tuesday, December 1 at 9:15 AM", on the clinic's clock; with its year where that is another than this one. */
export function visitTime(instant: string, language: Language, timeZone: string, now: Date = practiceTime()): string {
  const at = new Date(instant);
  const year = new Intl.DateTimeFormat('en', { year: 'numeric', timeZone });
  return new Intl.DateTimeFormat(LOCALES[language], {
    weekday: 'long',
    ...(year.format(at) === year.format(now) ? {} : { year: 'numeric' as const }),
    month: 'long',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone,
  }).format(at);
}

export const clockTime = (instant: string, language: Language): string =>
  new Intl.DateTimeFormat(LOCALES[language], { hour: 'numeric', minute: '2-digit' }).format(new Date(instant));

/** The day of three fields, `1985-03-27`; undefined where it is none. */
export function dayOfFields(month: string, day: string, year: string): string | undefined {
  const [m, d, y] = [month, day, year].map((text) => text.trim());
  if (!/^\d{1,2}$/.test(m ?? '') || !/^\d{1,2}$/.test(d ?? '') || !/^\d{4}$/.test(y ?? '')) return undefined;
  const text = `${y}-${m?.padStart(2, '0')}-${d?.padStart(2, '0')}`;
  const at = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== text ? undefined : text;
}
