/** For tests: a warehouse folder of its own, and histories to import into it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReferralEvent } from '@refloop/domain/referral/event';
import { act, inChart, minute } from '@refloop/domain/referral/test-care';
import { type ImportOptions, importHistories, type Reidentification } from './import-histories.ts';
import type { History } from './input-event.ts';
import type { Snapshot } from './snapshot.ts';

export const TEST_KEY = Buffer.alloc(32, 7);
/** The histories of test-care.ts are of 2026-11-20 to 24. */
export const LATER = '2027-11-28T00:00:00.000Z';

export async function withWarehouse<Value>(work: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = await mkdtemp(join(tmpdir(), 'refloop-warehouse-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const historyOf = (referralId: string, events: readonly ReferralEvent[], more: Partial<History> = {}): History => ({
  tenant: 'north',
  issuer: 'https://ehr.example.org/fhir',
  site: 'North clinic',
  referralId,
  patientId: `patient of ${referralId}`,
  events,
  ...more,
});

/** Sent, booked, seen and reported. */
export function seenHistory(referralId: string): History {
  const history = inChart();
  act(history, { type: 'send', transmissionId: 't', channel: 'fax' }, 1);
  act(history, { type: 'accept' }, 2);
  act(history, { type: 'schedule', appointmentId: 'a', startsAt: minute(1440) }, 3);
  act(history, { type: 'mark-seen', appointmentId: 'a' }, 1500);
  act(history, { type: 'give-outcome', reportId: 'n', document: null, fromNpi: null }, 1600);
  return historyOf(referralId, history.events);
}

/** Two notes on two days; the first is taken off, then the other; the first is linked again, and taken off again. */
export function takenOffHistory(referralId: string): History {
  const history = inChart();
  const day = (days: number) => days * 1440;
  for (const [at, reportId] of ['wrong', 'right'].entries()) {
    const of = { attempt: 1, reportId, form: 'final', document: { type: 'DocumentReference', id: reportId }, fromNpi: null } as const;
    history.see({ kind: 'report', ...of, matched: true, at: minute(day(at + 1)), key: reportId }, day(at + 1));
  }
  const off = (reportId: string, at: number) =>
    history.ask({ type: 'unlink-report', reportId, because: 'other-patient', reason: 'Of a namesake' }, day(at));
  off('wrong', 3);
  off('right', 4);
  history.ask({ type: 'match-report', reportId: 'wrong', attempt: 1 }, day(5));
  off('wrong', 6);
  return historyOf(referralId, history.events);
}

export const openHistory = (referralId: string): History => historyOf(referralId, inChart().events);

export async function* each<Value>(values: readonly Value[]): AsyncIterable<Value> {
  for (const value of values) yield value;
}

export type Imported = { snapshot: Snapshot; pairs: Reidentification[] };

export async function importAll(warehouse: string, histories: readonly History[], more: Partial<ImportOptions> = {}): Promise<Imported> {
  const pairs: Reidentification[] = [];
  const reidentify = async (batch: Reidentification[]): Promise<void> => void pairs.push(...batch);
  const snapshot = await importHistories(each(histories), {
    warehouse,
    pseudonymKey: TEST_KEY,
    now: LATER,
    reidentify,
    memoryMegabytes: 256,
    ...more,
  });
  return { snapshot, pairs };
}
