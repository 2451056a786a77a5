/**
 * A browser window: every request it makes, to the EHR or to Refloop, passes one gate, where it may be closed, put to sleep, or where
 * something else happens first. What it is answered it is answered as in `smart-app/src/session`.
 */
import { randomUUID } from 'node:crypto';
import type { EhrPort } from '@refloop/domain/fhir/ehr-port';
import type { Plan } from '@refloop/server/client/approval';
import { systemEhr } from '@refloop/server/ehr/system-ehr';
import type { ServerKill, WindowScript } from './choices.ts';
import { passes, patience } from './fast-clock.ts';
import { type Access, setFaults } from './sign-in.ts';
import { goOn, note, noteClaims, type World } from './world.ts';

/** Thrown through the window's own work once it is closed. */
export class WindowGone extends Error {}

export type ApiAnswer<Value> =
  | { kind: 'ok'; value: Value }
  | { kind: 'problem'; status: number; type: string; detail: string }
  | { kind: 'unreachable' }
  | { kind: 'session-ended' };

export type Window = {
  name: string;
  access: Access;
  script: WindowScript;
  ehr: EhrPort;
  call: <Value>(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) => Promise<ApiAnswer<Value>>;
  /** What it would give back on being closed. */
  holds: { planId: string; holder: string } | undefined;
  newHolder: () => string;
  /** Comes once it was put to sleep. */
  asleep: Promise<void>;
};

export type WindowOptions = {
  /** What is to happen at one of its requests, run by whoever runs the world. */
  happen?: (happening: WindowScript['happenings'][number]) => Promise<void>;
  kill?: { at: ServerKill; strike: () => Promise<void> } | undefined;
};

const EHR_READ_MS = 10_000;
const EHR_WRITE_MS = 15_000;
const API_MS = 15_000;
/** Same question, same answer: sent again by itself (smart-app/src/session/api.ts). */
const isRepeatable = (method: string, path: string): boolean => method === 'GET' || method === 'PUT' || path === '/approvals';
const API_TRIES = 3;

const machinePause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** Where a path stands in a timeline: nothing that is different in every run. */
const shown = (path: string): string => path.replace(/[0-9A-Z]{26}/g, '…').replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…');

export function openWindow(world: World, name: string, access: Access, script: WindowScript, options: WindowOptions = {}): Window {
  let requests = 0;
  let gone = false;
  const { promise: asleep, resolve: fallAsleep } = Promise.withResolvers<void>();

  async function leave(): Promise<never> {
    gone = true;
    world.counts.windowsGone += 1;
    const held = window.holds;
    if (script.end?.kind === 'closed-politely' && held) {
      note(world, `${name} gives the lease back on being closed`);
      // As a page does on `pagehide`: sent, and nobody waits for the answer.
      const given = fetch(`${world.lane.refloop}/plans/${held.planId}/lease/return`, {
        method: 'POST',
        headers: { authorization: `Bearer ${access.session}`, 'content-type': 'application/json' },
        body: JSON.stringify({ holder: held.holder }),
        signal: patience(API_MS),
      });
      goOn(
        world,
        'untilEnd',
        given.then(
          (answer) => answer.body?.cancel(),
          () => undefined,
        ),
      );
    }
    throw new WindowGone(name);
  }

  async function endHere(at: string): Promise<void> {
    note(world, `${name} is ${script.end?.kind === 'asleep' ? 'put to sleep' : 'closed'} ${at}`);
    if (script.end?.kind !== 'asleep') return leave();
    world.counts.windowsGone += 1;
    fallAsleep();
    await world.woken;
    note(world, `${name} wakes`);
  }

  /** @param atOnce nothing lies between what came before it and this request: a laptop does not fall asleep there */
  async function through<Value>(
    what: string,
    send: (leaving: AbortSignal) => Promise<Value>,
    told: (value: Value) => string,
    atOnce = false,
  ): Promise<Value> {
    if (gone) throw new WindowGone(name);
    requests += 1;
    const number = requests;
    const label = `${name}.${number} ${shown(what)}`;
    if (number === script.incidentsFrom && script.incidents.length > 0) {
      note(world, `from here on for ${name}: ${script.incidents.join(', ')}`);
      await setFaults(world, access.launch, [...world.traits, ...script.incidents]);
    }
    for (const happening of script.happenings.filter(({ request }) => request === number)) {
      const happened = options.happen?.(happening);
      if (happened && happening.meanwhile) goOn(world, 'meanwhile', happened);
      else await happened;
    }
    const kill = options.kill?.at.request === number ? options.kill : undefined;
    const end = script.end?.request === number ? script.end : undefined;
    const how = end?.kind === 'asleep' && (end.how === 'during' || (end.how === 'before' && atOnce)) ? 'after' : end?.how;
    if (kill?.at.how === 'before') await kill.strike();
    if (how === 'before') await endHere(`before ${label}`);
    const leaving = new AbortController();
    const sending = send(leaving.signal);
    // It may fail while something else is waited for first.
    sending.catch(() => undefined);
    if (kill?.at.how === 'during') {
      await machinePause(kill.at.delay);
      await kill.strike();
    }
    if (how === 'during') {
      await machinePause(4);
      leaving.abort();
      await sending.catch(() => undefined);
      await endHere(`during ${label}`);
    }
    let value: Value;
    try {
      value = await sending;
      note(world, `${label} → ${told(value)}`);
    } catch (error) {
      note(world, `${label} → ${(error as Error).name}`);
      throw error;
    } finally {
      if (kill?.at.how === 'after') await kill.strike();
      if (how === 'after') await endHere(`after ${label}`);
    }
    return value;
  }

  /** The whole answer, so that nothing happens between its head and its end. */
  async function whole(url: string, init: RequestInit): Promise<Response> {
    const answer = await fetch(url, init);
    const body = await answer.arrayBuffer();
    return new Response(body.byteLength > 0 ? body : null, { status: answer.status, headers: answer.headers });
  }

  const ehrFetch = async (url: string, init: RequestInit): Promise<Response> => {
    const isWrite = init.method !== 'GET';
    const answered = await through(
      `EHR ${init.method ?? 'GET'} ${url.slice(access.iss.length + 1)}`,
      (leaving) => whole(url, { ...init, signal: AbortSignal.any([leaving, patience(isWrite ? EHR_WRITE_MS : EHR_READ_MS)]) }),
      ({ status }) => String(status),
      isWrite,
    ).catch((error: unknown) => {
      if (isWrite && !(error instanceof WindowGone)) world.counts.lostWrites += 1;
      throw error;
    });
    return answered;
  };

  const ehr = systemEhr(access.iss, access.accessToken, { fetch: ehrFetch, pause: passes });
  /** The gate's own end of the window is no failure of the EHR, so it is thrown again past the port, which would tell it as silence. */
  const unlessGone = async <Value>(work: Promise<Value>): Promise<Value> => {
    const value = await work;
    if (gone) throw new WindowGone(name);
    return value;
  };

  async function call<Value>(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<ApiAnswer<Value>> {
    const tries = isRepeatable(method, path) ? API_TRIES : 1;
    for (let attempt = 0; attempt < tries; attempt += 1) {
      if (attempt > 0) await passes(400 * 3 ** attempt);
      let answer: Response;
      try {
        answer = await through(
          `Refloop ${method} ${path}`,
          (leaving) =>
            whole(`${world.lane.refloop}${path}`, {
              method,
              headers: { authorization: `Bearer ${access.session}`, 'content-type': 'application/json' },
              signal: AbortSignal.any([leaving, patience(path === '/approvals' ? 2 * API_MS : API_MS)]),
              ...(body === undefined ? {} : { body: JSON.stringify(body) }),
            }),
          ({ status }) => String(status),
        );
      } catch (error) {
        if (error instanceof WindowGone) throw error;
        continue;
      }
      const value: unknown = await answer.json().catch(() => undefined);
      if (answer.ok) {
        if (typeof value === 'object' && value !== null && 'writeBack' in value && 'lease' in value) noteClaims(world, value as Plan);
        return { kind: 'ok', value: value as Value };
      }
      if (answer.status === 401) return { kind: 'session-ended' };
      if (answer.status === 502 || answer.status === 503 || answer.status === 504) continue;
      const { type = '', detail = '' } = (value ?? {}) as { type?: string; detail?: string };
      if (answer.status >= 500) world.seen.push(`${method} ${shown(path)} was answered with ${answer.status}`);
      return { kind: 'problem', status: answer.status, type: type.replace('/problems/', ''), detail };
    }
    return { kind: 'unreachable' };
  }

  const window: Window = {
    name,
    access,
    script,
    ehr: { base: ehr.base, get: (path) => unlessGone(ehr.get(path)), write: (write) => unlessGone(ehr.write(write)) },
    call,
    holds: undefined,
    newHolder: () => `${name}-${randomUUID()}`,
    asleep,
  };
  return window;
}
