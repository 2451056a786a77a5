/**
 * The played coordinator: does what they owe as the worklist says it, signed in to Refloop and by its routes alone. What takes a judgement that no draw can
 * stand in for (what contradicts, what was perhaps sent, a question of an office) is left on the list for a person.
 */
import type { BusinessCalendar } from '@refloop/domain/sla/business-time';
import { z } from 'zod';
import type { PlayedAct } from '../played.ts';
import type { Telephone } from '../telephone.ts';
import { askAboutTexts } from './ask-patient.ts';
import { pressOf, putOnRecord, readThread, type Thread } from './desk.ts';
import { workHeldNotes } from './held-notes.ts';
import { sendPacket } from './packet.ts';
import { CALLS_BEFORE_ANOTHER, getsToItAt } from './staff-course.ts';
import type { Ask } from './staff-session.ts';
import { createWorklistReader, type Row, type Worklist } from './worklist.ts';

const Performers = z.object({ performers: z.array(z.object({ entryId: z.string(), name: z.string(), approved: z.boolean() })) });

const HOUR_MS = 3_600_000;
/** So long a fax lies before somebody looks through what is held. Ours. */
const LIES_MS = 2 * HOUR_MS;
/** Of one row: beyond that a person has to look. */
const MOST_TIMES = 6;
const MOST_CALLS_TO_PATIENT = 4;

export type CoordinatorOptions = {
  ask: Ask;
  /** Their name, for what was played. */
  name: string;
  telephone: Telephone;
};

type Performer = NonNullable<Thread['performer']>;
type Desk = { row: Row; thread: Thread; times: number; seed: string; now: Date };

export function createCoordinator({ ask, name, telephone }: CoordinatorOptions) {
  const readWorklist = createWorklistReader(ask);
  const times = new Map<string, number>();
  const asked = new Map<string, number>();
  const left = new Set<string>();
  /** As they were read when each was asked. */
  const npis = new Map<string, string>();

  const record = (desk: Desk, what: object): Promise<boolean> =>
    putOnRecord(ask, desk.row.referralId, desk.thread, pressOf(desk.row.id, desk.row.since, desk.times), what);

  async function askAnother({ row, thread }: Desk): Promise<string | undefined> {
    const path = `/worklist/referrals/${row.referralId}/next-performers`;
    const { status, body } = await ask('GET', path);
    // Whom the clinician approved comes first and is asked; anybody else is proposed to them, which a person answers.
    const [next] = status === 200 ? Performers.parse(body).performers : [];
    if (!next || !thread.mayAskNext) return undefined;
    const because = /declined/i.test(thread.status) ? 'declined' : 'no-answer';
    const { status: answered } = await ask('POST', path, { sequence: thread.sequence, entryId: next.entryId, because });
    if (answered !== 200) return undefined;
    return next.approved ? 'ask-another' : 'propose-another';
  }

  /** Whom the row is of, where this act may be told of several: whoever is asked now, or one that was asked before, by the number that they had then. */
  function officeOf(
    act: string,
    { row, thread }: Desk,
    { name, npi }: Performer,
  ): { attempt: { attempt?: number }; npi: string | undefined } {
    const offices = thread.offices.find((each) => each.act === act)?.attempts ?? [];
    const earlier = offices.find((each) => each.name === row.performerName);
    return earlier && earlier.name !== name
      ? { attempt: { attempt: earlier.attempt }, npi: npis.get(earlier.name) }
      : { attempt: earlier ? { attempt: earlier.attempt } : {}, npi };
  }

  /** The office is called; one that has let it lie so often is told to stop, and another is asked. */
  async function call(desk: Desk): Promise<string | undefined> {
    const { row, thread, now } = desk;
    if (!thread.performer) return undefined;
    const { npi } = thread.performer;
    if (row.kind === 'confirm-visit') {
      const of = officeOf('seen', desk, thread.performer);
      const told = of.npi === undefined ? undefined : telephone.askAboutVisit(of.npi, thread.patientName);
      const what = told && { act: told.came ? 'seen' : 'missed', at: told.at.toISOString(), ...of.attempt };
      if (what) return (await record(desk, what)) ? 'call' : undefined;
    }
    if (row.kind === 'answer' && desk.times >= CALLS_BEFORE_ANOTHER && thread.acts.includes('cancel-requested'))
      return (await record(desk, { act: 'cancel-requested', reason: 'Synthetic: no answer to our calls', at: now.toISOString() }))
        ? 'call-off'
        : undefined;
    telephone.call(npi, thread.patientName, now);
    return 'call';
  }

  async function deal(desk: Desk): Promise<string | undefined> {
    const { row, thread, now } = desk;
    if (thread.performer) npis.set(thread.performer.name, thread.performer.npi);
    switch (row.kind) {
      case 'send': {
        const way = thread.performer && (await sendPacket(ask, row.referralId, thread.performer.npi));
        return way ? `send-by-${way}` : undefined;
      }
      case 'answer':
      case 'book':
      case 'rebook':
      case 'note':
      case 'confirm-visit':
        return call(desk);
      case 'reroute':
        return askAnother(desk);
      case 'confirm-cancellation': {
        if (!thread.performer || !thread.acts.includes('cancel-confirmed')) return undefined;
        const { attempt, npi } = officeOf('cancel-confirmed', desk, thread.performer);
        if (npi !== undefined) telephone.callOff(npi, thread.patientName);
        return (await record(desk, { act: 'cancel-confirmed', at: now.toISOString(), ...attempt })) ? 'hear-that-it-is-off' : undefined;
      }
      case 'check-on-patient':
      case 'answer-patient':
        return (await record(desk, { act: 'patient-heard' })) ? 'hear-patient' : undefined;
      default:
        return undefined;
    }
  }

  /** Once the packet has gone they call the patient, and ask whether texts are wanted. */
  async function aboutTexts(row: Row, seed: string, calendar: BusinessCalendar, now: Date): Promise<PlayedAct[]> {
    const before = asked.get(row.referralId) ?? 0;
    const due = getsToItAt(seed, { ...row, kind: 'answer-patient' }, before, calendar);
    if (before >= MOST_CALLS_TO_PATIENT || !due || due > now) return [];
    asked.set(row.referralId, before + 1);
    const thread = await readThread(ask, row.referralId);
    if (thread?.reach.patient.texts !== 'unknown') {
      asked.set(row.referralId, MOST_CALLS_TO_PATIENT);
      return [];
    }
    const said = await askAboutTexts(ask, seed, row.referralId, thread.patientName, before);
    if (said !== 'not-reached') asked.set(row.referralId, MOST_CALLS_TO_PATIENT);
    return said === 'wants-texts' || said === 'wants-none' ? [{ at: now, who: name, act: `patient-${said}`, by: 'refloop' }] : [];
  }

  async function workList({ rows, calendar }: Worklist, seed: string, now: Date): Promise<PlayedAct[]> {
    const played: PlayedAct[] = [];
    for (const row of rows.values()) {
      if (row.kind === 'answer') played.push(...(await aboutTexts(row, seed, calendar, now)));
      const key = `${row.id}/${row.since}`;
      const before = times.get(key) ?? 0;
      const due = before < MOST_TIMES ? getsToItAt(seed, row, before, calendar) : undefined;
      if (!due || due > now || row.kind === 'review' || row.kind === 'hear-decline') continue;
      times.set(key, before + 1);
      const thread = await readThread(ask, row.referralId);
      const did = thread && (await deal({ row, thread, times: before, seed, now }));
      if (did) played.push({ at: now, who: name, act: did, by: 'refloop' });
    }
    return played;
  }

  /** @returns what they did, and what of the list is the clinicians' */
  return async (seed: string, now: Date): Promise<{ played: PlayedAct[]; worklist: Worklist | undefined }> => {
    const worklist = await readWorklist(now);
    if (!worklist) return { played: [], worklist: undefined };
    const played = await workList(worklist, seed, now);
    for (const { patient, act } of await workHeldNotes(ask, new Date(now.getTime() - LIES_MS), left))
      played.push({ at: now, who: `${name}, about ${patient}`, act, by: 'refloop' });
    return { played, worklist };
  };
}
