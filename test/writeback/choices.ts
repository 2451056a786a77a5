/** What happens in a run: everything that is left to chance, drawn from the seed and the run's number alone, so that it can be told and done again. */
import type { FaultName } from '@refloop/launch/modes/faults';
import type { ModeName } from '@refloop/launch/modes/modes';
import { type Random, randomFrom } from '@refloop/launch/synthetic/random';
import type { LookKill } from './messages.ts';

/** What this EHR is like in every launch and for Refloop's own access. */
export const TRAITS = [
  'identifier_not_kept',
  'identifier_not_searchable',
  'content_rewritten',
  'stale_search',
  'task_not_in_compartment',
] as const satisfies FaultName[];
export type Trait = (typeof TRAITS)[number];

/** What goes wrong for a while; the weight says how often. */
const INCIDENTS = [
  ['dropped_after_write', 4],
  ['late_write', 4],
  ['malformed_json', 2],
  ['down', 2],
  ['slow_writes', 1],
  ['unavailable', 1],
  ['rate_limited', 1],
  ['server_error', 1],
  ['latency', 1],
  ['request_expired_token', 1],
] as const satisfies [FaultName, number][];
export type Incident = (typeof INCIDENTS)[number][0];

/** How a window ends before its work does: closed, with or without time to say so, or put to sleep with the laptop. */
export type WindowEnd = {
  /** At its n-th request, to the EHR or to Refloop. */
  request: number;
  how: 'before' | 'during' | 'after';
  kind: 'closed' | 'closed-politely' | 'asleep';
};

export type ServerKill = {
  request: number;
  how: 'before' | 'during' | 'after';
  /** Milliseconds into the request, for `during`, by the machine's clock. */
  delay: number;
  victim: 'server' | 'postgres';
};

export type Happening =
  /** The clinician opens the app again while this window is still there. */
  | { what: 'opened-again'; window: WindowScript }
  /** The tab was duplicated: the same session and the same access to the EHR. */
  | { what: 'duplicated'; window: WindowScript }
  /** A colleague refers from the same order. */
  | { what: 'colleague'; window: WindowScript }
  | { what: 'withdrawn' }
  | { what: 'others'; do: OthersDo };

/** What others do in the chart: with the order, or by hand so that it resembles what Refloop writes, with its words there or elsewhere. */
export const OTHERS_DO = [
  'order-edited',
  'order-rewritten',
  'order-revoked',
  'order-signed',
  'similar-order',
  'similar-note',
  'similar-note-elsewhere',
] as const;
export type OthersDo = (typeof OTHERS_DO)[number];

export type WindowScript = {
  incidents: Incident[];
  /** From its n-th request on. */
  incidentsFrom: number;
  end: WindowEnd | null;
  /** How often it takes the work up again by itself, before the person leaves. */
  stays: number;
  /** Sends each approval twice at once, as a page does that is pressed twice or repeats a lost request. */
  twice: boolean;
  happenings: { request: number; meanwhile: boolean; happening: Happening }[];
  /** The person opens the app again right after it was closed. */
  reopened: WindowScript | null;
};

export type Choices = {
  mode: ModeName;
  launched: boolean;
  traits: Trait[];
  /** Whether If-None-Exist is used where the EHR honours it; without it the other guards stand alone. */
  conditionalCreate: boolean;
  /** How many times longer than usual the EHR takes where it is slow or late. */
  slowness: number;
  first: WindowScript;
  /** Refloop's own access: what goes wrong for it until the faults end, and whether it finishes what was approved. */
  own: { incidents: Incident[]; completes: boolean };
  /** Every tenth run. */
  kill: { server: ServerKill | null; look: LookKill | null; back: 'at-once' | 'later' } | null;
  comeback: {
    /** How long it takes until somebody comes back, each time, in minutes. */
    minutes: number[];
    /** Whether they come back only after Refloop has looked by itself, each time. */
    afterLook: boolean[];
    /** The time at which they take an approval back that is not in the chart yet. */
    withdrawsAt: number | null;
    /** Whether the page asks for it before it has looked in the chart, so that Refloop alone stands in the way. */
    asksUnseen: boolean;
    /** Whether who opens the app again right after it was closed takes the approval back instead of finishing it. */
    atOnce: boolean;
    approvesAgain: boolean;
    /** How often people have been back before a window that sleeps is woken. */
    wakesAfter: number;
  };
};

/** A window in which nothing goes wrong. */
export const QUIET: WindowScript = {
  incidents: [],
  incidentsFrom: 0,
  end: null,
  stays: 0,
  twice: false,
  happenings: [],
  reopened: null,
};

const chance = (random: Random, likelihood: number): boolean => random.next() < likelihood;

function weighted<Value>(random: Random, choices: readonly (readonly [Value, number])[]): Value {
  let left = random.next() * choices.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [value, weight] of choices) {
    left -= weight;
    if (left < 0) return value;
  }
  return random.pick(choices)[0];
}

const incidents = (random: Random, likelihood: number): Incident[] => {
  const found = new Set<Incident>();
  for (let more = likelihood; chance(random, more); more /= 3) found.add(weighted(random, INCIDENTS));
  return [...found];
};

/** A window makes about two dozen requests where all goes well. */
const LAST_REQUEST = 26;
const HOW = ['before', 'during', 'after'] as const;

function windowEnd(random: Random, likelihood: number): WindowEnd | null {
  if (!chance(random, likelihood)) return null;
  return {
    request: random.integer(1, LAST_REQUEST),
    how: random.pick(HOW),
    kind: weighted(random, [
      ['closed', 3],
      ['closed-politely', 2],
      ['asleep', 3],
    ]),
  };
}

/** @param depth a window that another one gives rise to gives rise to none itself */
function happening(random: Random, depth: number): Happening {
  const what = weighted(random, [
    ['opened-again', 3],
    ['duplicated', 2],
    ['colleague', 2],
    ['withdrawn', 2],
    ['others', 5],
  ] as const);
  switch (what) {
    case 'opened-again':
    case 'duplicated':
    case 'colleague':
      return { what, window: windowScript(random, depth + 1) };
    case 'withdrawn':
      return { what };
    case 'others':
      return { what, do: random.pick(OTHERS_DO) };
  }
}

/** Somebody writes by hand what Refloop is about to write, and Refloop's own write is lost: the story in which a person has to judge. */
function lookalikes(random: Random): Pick<WindowScript, 'incidents' | 'incidentsFrom' | 'happenings'> {
  const what = random.pick(['similar-order', 'similar-note', 'similar-note-elsewhere', 'similar-note-elsewhere'] as const);
  return {
    incidents: [random.pick(['server_error', 'late_write', 'dropped_after_write'])],
    incidentsFrom: what === 'similar-order' ? random.integer(10, 13) : random.integer(6, 8),
    happenings: [{ request: random.integer(4, 8), meanwhile: false, happening: { what: 'others', do: what } }],
  };
}

function windowScript(random: Random, depth = 0): WindowScript {
  const happenings: WindowScript['happenings'] = [];
  for (let more = depth === 0 ? 0.55 : 0; chance(random, more); more /= 2) {
    happenings.push({ request: random.integer(3, LAST_REQUEST), meanwhile: chance(random, 0.4), happening: happening(random, depth) });
  }
  return {
    incidents: incidents(random, depth === 0 ? 0.8 : 0.4),
    incidentsFrom: random.integer(4, 20),
    end: windowEnd(random, depth === 0 ? 0.55 : 0.3),
    stays: random.integer(0, 2),
    twice: chance(random, 0.15),
    happenings,
    reopened: depth === 0 && chance(random, 0.4) ? windowScript(random, 1) : null,
    ...(depth === 0 && chance(random, 0.12) ? lookalikes(random) : {}),
  };
}

/** The window is closed over the order's own write, which arrives late or is not heard of; the person opens the app again and takes the approval back. */
function takenBackAtOnce(random: Random, launched: boolean): Partial<WindowScript> {
  // The note is filed by then, and the order's own attempt is put on record.
  const incidentsFrom = launched ? 13 : 11;
  return {
    incidents: [random.pick(['late_write', 'dropped_after_write'])],
    incidentsFrom,
    end: { request: incidentsFrom + random.integer(1, 3), how: random.pick(['during', 'after']), kind: 'closed-politely' },
    twice: false,
    happenings: [],
    reopened: { ...QUIET },
  };
}

function killOf(random: Random, run: number): Choices['kill'] {
  const back = random.pick(['at-once', 'later'] as const);
  const victim = run % 20 === 9 ? 'server' : 'postgres';
  if (chance(random, 0.35)) {
    return { server: null, look: { request: random.integer(2, 14), how: random.pick(['before', 'after']), victim }, back };
  }
  const server = { request: random.integer(3, 16), how: random.pick(HOW), delay: random.integer(0, 25), victim } as const;
  return { server, look: null, back };
}

/** A lease has ended; a look is due for the first, second, third time; a site's quarter of an hour is over. */
const RETURNS = [
  [1.1, 4],
  [2.2, 4],
  [5, 2],
  [13, 2],
  [75, 1],
] as const;

export function choicesOf(seed: number, run: number): Choices {
  const random = randomFrom(`writeback ${seed} ${run}`);
  const mode = weighted<ModeName>(random, [
    ['full', 9],
    ['epic-like', 6],
    ['oracle-like', 3],
    ['athena-like', 1],
  ]);
  const likely: Record<Trait, number> = {
    identifier_not_kept: 0.25,
    identifier_not_searchable: 0.12,
    content_rewritten: 0.2,
    stale_search: 0.15,
    task_not_in_compartment: 0.06,
  };
  const choices: Choices = {
    mode,
    launched: chance(random, 0.75),
    traits: TRAITS.filter((trait) => chance(random, likely[trait])),
    conditionalCreate: chance(random, 0.4),
    slowness: random.pick([1, 1, 8]),
    first: windowScript(random),
    own: { incidents: incidents(random, 0.4), completes: chance(random, 0.5) },
    kill: run % 10 === 9 ? killOf(random, run) : null,
    comeback: {
      minutes: Array.from({ length: 6 }, () => weighted(random, RETURNS)),
      afterLook: Array.from({ length: 6 }, () => chance(random, 0.5)),
      withdrawsAt: chance(random, 0.2) ? random.integer(0, 1) : null,
      approvesAgain: chance(random, 0.7),
      wakesAfter: random.integer(0, 2),
      // Drawn last: what was drawn before stays as it was.
      asksUnseen: chance(random, 0.4),
      atOnce: chance(random, 0.05),
    },
  };
  // Drawn after all of it, for the same reason: half of those that write nothing take messages.
  if (mode === 'athena-like' && chance(random, 0.5)) choices.mode = 'messages-only';
  const { comeback, first, launched } = choices;
  return comeback.atOnce ? { ...choices, slowness: 8, first: { ...first, ...takenBackAtOnce(random, launched) } } : choices;
}
