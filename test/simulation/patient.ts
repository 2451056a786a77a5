/** Patients: they open their page by the link they were given or sent, choose, decline, say how it was, and write back to the practice's number. */

import { createHmac } from 'node:crypto';
import { EMERGENCY_WORDS } from '@refloop/domain/patient/messages';
import type { PatientAnswer, PatientRequest, TextAnswer } from '@refloop/server/client/patient';
import { isRefusal } from '@refloop/server/problem';
import type { Scope } from '@refloop/server/store/store';
import type { Case } from './chart.ts';
import { createLife } from './life.ts';
import { TEXT_SECRET } from './practice.ts';
import type { World } from './world.ts';

export type Patients = {
  /** Handed over at the end of the clinician's minute, or carried by a text message. */
  receive: (scope: Scope, patientId: string, link: string) => void;
  /** A text message came. */
  texted: (scope: Scope, patientId: string, link: string) => void;
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTE_MS = 60_000;
const MOST_VISITS = 3;
const MOST_HANDINGS = 30;

/** What nobody is told who gets no more. */
const STARTED = /: (You will get texts|Le mandaremos mensajes)/;

const SAID = {
  stop: 'STOP',
  start: 'START',
  help: 'HELP',
  emergency: 'I have chest pain and cannot breathe',
  message: 'Can I bring my daughter?',
} as const;

export function createPatients(world: World): Patients {
  const { draws, time, faults, consents, cases } = world;

  /** By the gateway of the practice's number, which hands it over until it is taken. */
  function writes(scope: Scope, given: Case, said: keyof typeof SAID): void {
    const id = world.newId();
    const body = new TextEncoder().encode(JSON.stringify({ id, from: given.person.phone, text: SAID[said] }));
    // Who shares the number gets them too: it is the number that says so.
    const ofNumber = [...cases].flatMap(([name, { person, patientId }]) =>
      name === `${scope.tenant} ${patientId}` && person.phone === given.person.phone ? [patientId] : [],
    );
    let isTaken = false;
    const hand = async (times: number): Promise<void> => {
      const seconds = Math.floor(time.now() / 1000);
      const signature = `t=${seconds},v1=${createHmac('sha256', TEXT_SECRET[scope.tenant] ?? '')
        .update(`${seconds}.`)
        .update(body)
        .digest('hex')}`;
      const answer = await world.server.ask<TextAnswer>(createLife(), async ({ texts }, now) => {
        // It counts from when it comes, whatever they wrote meanwhile; what comes once more is no new word.
        if (said === 'start' && !isTaken) for (const patientId of ofNumber) consents.asksFor(scope, patientId);
        const answered = await texts.receive(signature, body, now);
        isTaken ||= !isRefusal(answered);
        return answered;
      });
      if (answer.kind !== 'ok') {
        if (times < MOST_HANDINGS) time.after(draws.integer(MINUTE_MS, 3 * HOUR_MS), () => hand(times + 1));
        return;
      }
      const isTold = STARTED.test(answer.value.reply);
      // Handed over once more it may come after a START; the first time it is their last word.
      if (said === 'stop' && isTold && times === 0) world.watch.tell('patient', 'who said STOP was told that they get texts');
      if (said === 'stop' && !isTold) for (const patientId of ofNumber) consents.isStopped(scope, patientId);
      if (said === 'emergency' && !Object.values(EMERGENCY_WORDS).some((words) => answer.value.reply.includes(words)))
        world.watch.tell('patient', 'an emergency was not answered with the fixed words');
    };
    time.after(draws.integer(0, 5 * MINUTE_MS), () => hand(0));
  }

  async function visits(scope: Scope, given: Case, link: string, times: number): Promise<void> {
    if (times > MOST_VISITS) return;
    const life = createLife();
    const { person, patientId } = given;
    const born = draws.chance(0.04) ? '1901-01-01' : person.born;
    const opened = await world.server.ask<PatientAnswer>(life, ({ patient }, now) => patient.open({ link, born, as: 'patient' }, now));
    if (opened.kind === 'ok' && born !== person.born) world.watch.tell('privacy', 'a page opened with another date of birth');
    if (opened.kind === 'ok' && opened.value.standing === 'open') {
      const view = opened.value;
      for (const what of choices(view)) {
        const key = `press-${world.newId()}`;
        const pressed = { opened: view.opened, key, what };
        let isTaken = false;
        for (let tries = 0; tries < 3; tries += 1) {
          const answer = await world.server.ask<PatientAnswer>(life, async ({ patient }, now) => {
            if (what.act === 'texts' && what.wanted && !isTaken) consents.asksFor(scope, patientId);
            const answered = await patient.act(pressed, now);
            isTaken ||= !isRefusal(answered);
            return answered;
          });
          const shown = answer.kind === 'ok' && answer.value.standing === 'open' ? answer.value.texts : undefined;
          if (what.act === 'texts' && !what.wanted && shown?.wanted === false) consents.isStopped(scope, patientId);
          if (answer.kind !== 'silent') break;
        }
      }
    }
    if (opened.kind === 'silent' || born !== person.born || draws.chance(0.25))
      time.after(draws.logNormal(2 * DAY_MS, 0.8), () => visits(scope, given, link, times + 1));
  }

  function choices(view: Extract<PatientAnswer, { standing: 'open' }>): PatientRequest[] {
    const may = (act: string): boolean => view.acts.some((each) => each === act);
    const made: PatientRequest[] = [];
    if (view.texts.number !== null && !view.texts.wanted && draws.chance(0.7)) made.push({ act: 'texts', wanted: true });
    else if (view.texts.wanted && draws.chance(0.03)) made.push({ act: 'texts', wanted: false });
    const [first] = view.dates;
    const at = new Date(world.now().getTime() - HOUR_MS).toISOString();
    if (may('decline') && draws.chance(0.02)) made.push({ act: 'decline', reason: 'other' });
    else if (may('book') && first !== undefined && draws.chance(0.8)) made.push({ act: 'book', startsAt: draws.pick(view.dates) });
    else if (may('cancel') && draws.chance(0.08)) made.push({ act: 'cancel' });
    else if (may('choose') && draws.chance(0.1))
      made.push({ act: 'choose', entryId: view.specialists.find(({ asked }) => !asked)?.entryId ?? '' });
    else if (may('other-date') && draws.chance(0.08)) made.push({ act: 'other-date', text: 'Only on Fridays' });
    else if (view.stage === 'past' && may('seen') && draws.chance(0.5)) made.push({ act: 'seen', at: view.appointment?.startsAt ?? at });
    else if (may('rate') && draws.chance(0.6)) made.push({ act: 'rate', score: 4, words: null });
    return made;
  }

  const receive: Patients['receive'] = (scope, patientId, link) => {
    const given = cases.get(`${scope.tenant} ${patientId}`);
    if (given) time.after(draws.logNormal(5 * HOUR_MS, 1), () => visits(scope, given, link, 0));
  };

  return {
    receive,
    texted: (scope, patientId, link) => {
      const given = cases.get(`${scope.tenant} ${patientId}`);
      if (!given || faults.strikes('letters', 0.05)) return;
      if (draws.chance(0.6)) receive(scope, patientId, link);
      const said = draws.weighted([
        ['nothing', 72],
        ['stop', 16],
        ['start', 4],
        ['message', 5],
        ['emergency', 1],
        ['help', 2],
      ] as const);
      // Some put up with them for a while.
      if (said === 'stop' && draws.chance(0.8)) time.after(draws.logNormal(30 * HOUR_MS, 0.7), () => writes(scope, given, said));
      else if (said !== 'nothing') writes(scope, given, said);
      // Who stopped them may want them again.
      if (said === 'stop' && draws.chance(0.3)) time.after(draws.logNormal(3 * DAY_MS, 1), () => writes(scope, given, 'start'));
    },
  };
}
