/**
 * Puts a simulated history into the store, some referrals in each transaction. Ended at any moment, it goes on where it stood: the same seed
 * makes the same referrals, and how many are there stands in the same transaction as they.
 */
import { isUntold } from '@refloop/domain/referral/care-event';
import { due, type Obligation } from '@refloop/domain/sla/due';
import { personFor } from '@refloop/domain/sla/staff';
import { contentOf } from '../services/engine/obligation-content.ts';
import { newEvent, projectionOf } from '../services/referral-log.ts';
import type { HistoryLoad } from '../store/history-loads.ts';
import type { NewObligation } from '../store/obligations.ts';
import type { BulkLoad, BulkReferral, BulkUnit } from '../store/postgres/bulk-load.ts';
import type { PracticeEngine } from './engine.ts';
import type { Staffing } from './offices.ts';
import { simulatedName, staffOf } from './practice.ts';
import { type SimulatedReferral, simulation } from './simulate.ts';

export type HistoryOptions = {
  load: BulkLoad;
  seed: string;
  referrals: number;
  /** The end of the history is when it is begun to be loaded. */
  now: () => Date;
  /** Asked once, when it is begun. */
  staffing: () => Promise<Staffing>;
  /** Of the referrals that are loaded so far; told after each transaction. */
  progress?: (loaded: number, of: number) => void;
  /** Referrals in one transaction. */
  atOnce?: number;
};

export type HistoryOutcome =
  | { status: 'loaded'; referrals: number; events: number }
  | { status: 'was loaded before' }
  | { status: 'another process loads it' };

const AT_ONCE = 250;

/** Loads what is missing of it. */
export async function loadHistory(options: HistoryOptions): Promise<HistoryOutcome> {
  const outcome = await options.load.alone(() => loadMissing(options));
  return outcome ?? { status: 'another process loads it' };
}

async function begun({ load, seed, referrals, now, staffing }: HistoryOptions): Promise<HistoryLoad> {
  const known = await load.transaction((unit) => unit.historyLoads.get());
  if (known) return known;
  const startedAt = now();
  const until = new Date(Math.floor(startedAt.getTime() / 60_000) * 60_000).toISOString();
  const people = await staffing();
  return load.transaction((unit) =>
    unit.historyLoads.begin({ seed, until, referrals, staffing: people, startedAt: startedAt.toISOString() }),
  );
}

async function loadMissing(options: HistoryOptions): Promise<HistoryOutcome> {
  const { load, now, progress, atOnce = AT_ONCE } = options;
  const history = await begun(options);
  const { seed, referrals, staffing } = history;
  const simulated = simulation({ seed, referrals, until: new Date(history.until), staffing: staffing as Staffing });
  // Also of a history that an earlier version loaded.
  await load.transaction((unit) => nameStaff(unit, staffOf(simulated.practice), history.startedAt));
  if (history.finishedAt !== null) return { status: 'was loaded before' };
  let { loaded, events } = history;
  let batch: SimulatedReferral[] = [];
  for (const each of simulated.referrals(loaded)) {
    batch.push(each);
    if (batch.length < atOnce && each.index < referrals - 1) continue;
    const step = { from: loaded, to: each.index + 1, events: batch.reduce((sum, one) => sum + one.events.length, 0) };
    const added = batch.map((one) => bulkOf(one, simulated.engine, history.until));
    const last = step.to === referrals;
    await load.transaction(async (unit) => {
      const finishedAt = last ? now().toISOString() : null;
      if (!(await unit.historyLoads.advance({ ...step, finishedAt }))) throw new Error('Another process went on with this history.');
      await unit.addReferrals(added);
      if (last) await recordLoad(unit, history, { events: events + step.events, named: staffOf(simulated.practice).length }, now());
    });
    loaded = step.to;
    events += step.events;
    batch = [];
    progress?.(loaded, referrals);
  }
  return { status: 'loaded', referrals: loaded, events };
}

/** Names alone: whoever is simulated has no role, does nothing here, and is given nothing new to do. */
async function nameStaff(unit: BulkUnit, subjects: readonly string[], grantedAt: string): Promise<void> {
  const known = new Set((await unit.grants.list()).map(({ subject }) => subject));
  for (const subject of subjects) {
    if (known.has(subject)) continue;
    const name = simulatedName(subject);
    const fhirUser = `Practitioner/${subject}`;
    await unit.grants.put({ subject, fhirUser, name, roles: [], grantedBy: 'simulated-practice', grantedAt, reason: 'Simulated.' });
  }
}

/** One entry for all of it: nobody did any of it, and nobody’s record was touched. */
async function recordLoad(
  unit: BulkUnit,
  { seed, until, referrals, startedAt }: HistoryLoad,
  counts: { events: number; named: number },
  now: Date,
): Promise<void> {
  await unit.audit.append({
    at: now.toISOString(),
    actor: { subject: 'simulated-practice', fhirUser: null, sessionId: null },
    action: 'simulated-history.loaded',
    purpose: 'HSYSADMIN',
    payload: { synthetic: true, seed, until, referrals, ...counts, startedAt },
  });
}

function bulkOf(simulated: SimulatedReferral, engine: PracticeEngine, until: string): BulkReferral {
  const { referral, events } = simulated;
  const updatedAt = events.at(-1)?.recordedAt ?? referral.startedAt;
  return {
    row: projectionOf(referral, updatedAt),
    events: events.map((event) => newEvent(event, event.actor, event.recordedAt)),
    obligations: due(referral, engine.policy, until).map((owed) => obligationOf(simulated, owed, engine, updatedAt)),
  };
}

function obligationOf(
  { referral, events, clinician }: SimulatedReferral,
  owed: Obligation,
  { staff }: PracticeEngine,
  raisedAt: string,
): NewObligation {
  const { kind, about, owner, since, dueAt } = owed;
  return {
    id: `${referral.id}/${kind}/${about.replaceAll(' ', '-')}`,
    referralId: referral.id,
    kind,
    raisedAt: since ?? raisedAt,
    dueAt,
    owner: personFor(owner, { referralId: referral.id, requester: clinician, coordinator: referral.coordinator }, staff).subject,
    raisedBy: clinician,
    content: contentOf(referral, owed, {
      patientName: `Simulated patient ${referral.patientId.replace(/^\D+/, '')}`,
      requesterName: simulatedName(clinician),
      preface: 'Simulated.',
      lastEvent: { type: events.findLast(({ fact }) => !isUntold(fact))?.fact.type ?? 'referral-started', at: raisedAt },
    }),
  };
}
