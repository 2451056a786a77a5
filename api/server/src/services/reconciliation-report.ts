/**
 * Each night, and when somebody asks: what Refloop holds of its referrals against what the EHR holds, through Refloop's own access. It reads
 * and never writes there. A run that breaks off is gone on with from where it was; it looks at so many and no more.
 */
import type { EhrPort } from '@refloop/domain/fhir/ehr-port';
import { referenceText } from '@refloop/domain/fhir/reference';
import { attemptInChart, compareWithEhr, type EhrSide, type InEhr } from '@refloop/domain/referral/compare-with-ehr';
import type { StepName } from '@refloop/domain/referral/event';
import type { Referral } from '@refloop/domain/referral/referral';
import type { OwnAccess } from '../ehr/system-access.ts';
import { type Site, scopeOf } from '../sites.ts';
import type { StoredPlan } from '../store/plans.ts';
import type { ReconciliationReport, ReportProgress } from '../store/reconciliation-reports.ts';
import type { Store, Unit } from '../store/store.ts';
import { policyIn } from './engine/policy-in-force.ts';
import { planContentOf } from './plan-content.ts';
import { readReferral } from './referral-log.ts';

export type ReconciliationReportDeps = {
  store: Store;
  sites: readonly Site[];
  access: OwnAccess;
  newId: () => string;
  now: () => Date;
  /** By which a report is held by one process; `now` unless told. */
  machineTime?: () => Date;
  /** Told of a site that could not be looked through; the next run goes on. */
  failed: (error: unknown) => void;
};

export type ReportRun = { looked: number; differences: number };

/** Local hour from which the night's report is made: hardly anybody works, and a batch of the EHR of the day before is in. */
const NIGHT_HOUR = 2;
const DAY_MS = 24 * 60 * 60 * 1000;
/** An order that was written longer ago is over, or stands on the worklist of somebody. */
const WITHIN_MS = 400 * DAY_MS;
/** Looked at in one run: three reads each, or four. */
const MOST_A_RUN = 2000;
const AT_ONCE = 20;
/** Kept of one report; what is found beyond is counted. */
const MOST_DIFFERENCES = 500;
const HELD_MS = 120_000;
const GIVEN_UP_MS = 6 * 60 * 60 * 1000;

/** By time zone: to make one costs a hundred times what it is asked. */
const walls = new Map<string, { day: Intl.DateTimeFormat; hour: Intl.DateTimeFormat }>();

/** The day and the hour on the wall of the site. */
function wallOf(at: Date, timeZone: string): { day: string; hour: number } {
  const wall = walls.get(timeZone) ?? {
    day: new Intl.DateTimeFormat('sv-SE', { timeZone }),
    hour: new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' }),
  };
  walls.set(timeZone, wall);
  return { day: wall.day.format(at), hour: Number(wall.hour.format(at)) };
}

/** What it shows, and whether it said anything at all: a chart that may not be read was refused, and the EHR is there. */
type Looked = { found: InEhr; answered: boolean };

async function read(ehr: EhrPort, reference: string | undefined): Promise<Looked | undefined> {
  if (reference === undefined) return undefined;
  const answer = await ehr.get(reference);
  if (answer.ok) return { found: { kind: 'found', resource: answer.value }, answered: true };
  const { refusal } = answer;
  if (refusal.kind !== 'http') return { found: { kind: 'unread' }, answered: false };
  if (refusal.status === 404 || refusal.status === 410) return { found: { kind: 'absent' }, answered: true };
  return { found: { kind: 'unread' }, answered: refusal.status === 403 };
}

/** Where what this step wrote is. */
const writtenBy = (plan: StoredPlan, step: StepName): string | undefined => {
  const outcome = planContentOf(plan).steps.find(({ name }) => name === step)?.outcome;
  return outcome?.status === 'done' ? outcome.reference : undefined;
};

async function sideOf(ehr: EhrPort, referral: Referral, plan: StoredPlan): Promise<{ side: EhrSide; isSilent: boolean }> {
  const { order } = referral;
  const inChart = order.status !== 'draft' && order.status !== 'approved';
  const task = attemptInChart(referral)?.task;
  const shown = {
    order: await read(ehr, inChart && order.reference ? referenceText(order.reference) : undefined),
    task: await read(ehr, task ? referenceText(task) : undefined),
    note: await read(ehr, writtenBy(plan, 'DocumentReference')),
    message: await read(ehr, writtenBy(plan, 'Communication')),
  };
  const looked = Object.values(shown).filter((each) => each !== undefined);
  return {
    side: { order: shown.order?.found, task: shown.task?.found, note: shown.note?.found, message: shown.message?.found },
    isSilent: looked.length > 0 && looked.every(({ answered }) => !answered),
  };
}

const isUnread = (side: EhrSide): boolean => Object.values(side).some((each) => each?.kind === 'unread');

export function createReconciliationReports(deps: ReconciliationReportDeps): { run: () => Promise<ReportRun> } {
  const holder = `reconciliation-report-${deps.newId()}`;
  const at = (): string => deps.now().toISOString();
  const { machineTime = deps.now } = deps;
  const heldAt = (): string => machineTime().toISOString();
  const until = (): string => new Date(machineTime().getTime() + HELD_MS).toISOString();
  const inSite = <Value>(site: Site, work: (unit: Unit) => Promise<Value>): Promise<Value> => deps.store.transaction(scopeOf(site), work);

  /** The one that is under way; at night the night's own, once. */
  const current = (site: Site): Promise<ReconciliationReport | undefined> =>
    inSite(site, async (unit) => {
      const { timeZone } = (await policyIn(unit)).calendar;
      const [last] = await unit.reconciliationReports.list(1);
      if (last && last.finishedAt === null) return last;
      const { day, hour } = wallOf(deps.now(), timeZone);
      const nights = await unit.reconciliationReports.list(20);
      const isMade = nights.some(({ askedBy, startedAt }) => askedBy === 'refloop' && wallOf(new Date(startedAt), timeZone).day === day);
      if (hour < NIGHT_HOUR || isMade) return undefined;
      await unit.reconciliationReports.begin({ id: deps.newId(), startedAt: at(), askedBy: 'refloop', cursor: cursorAfter(last) });
      return unit.reconciliationReports.underWay();
    });

  type Batch = { progress: ReportProgress; ended: boolean; silent: boolean };

  async function batch(site: Site, ehr: EhrPort, report: ReconciliationReport): Promise<Batch> {
    const madeSince = new Date(deps.now().getTime() - WITHIN_MS).toISOString();
    const pairs = await inSite(site, async (unit) => {
      const plans = await unit.plans.after({ after: report.cursor, madeSince, limit: AT_ONCE });
      const found: { plan: StoredPlan; referral: Referral | undefined }[] = [];
      for (const plan of plans) found.push({ plan, referral: await readReferral(unit, plan.referralId) });
      return found;
    });
    const progress: ReportProgress = { ...report, differences: [...report.differences] };
    for (const { plan, referral } of pairs) {
      if (referral) {
        const { side, isSilent } = await sideOf(ehr, referral, plan);
        // An EHR that says nothing at all is asked again later, from here on.
        if (isSilent) return { progress, ended: false, silent: true };
        progress.looked += 1;
        if (isUnread(side)) progress.unread += 1;
        for (const each of compareWithEhr(referral, side)) {
          if (progress.differences.length < MOST_DIFFERENCES) progress.differences.push({ ...each, referralId: referral.id });
          else progress.more += 1;
        }
      }
      progress.cursor = plan.id;
    }
    return { progress, ended: pairs.length < AT_ONCE, silent: false };
  }

  async function finish(site: Site, id: string, standing: 'done' | 'cut' | 'unreachable'): Promise<void> {
    await inSite(site, async (unit) => {
      if (!(await unit.reconciliationReports.finish(id, holder, at(), standing))) return;
      const [report] = await unit.reconciliationReports.list(1);
      await unit.audit.append({
        at: at(),
        actor: { subject: 'refloop', fhirUser: null, sessionId: null },
        action: 'reconciliation.reported',
        purpose: 'HOPERAT',
        payload: { id, standing, looked: report?.looked, unread: report?.unread, differences: report?.differences },
      });
    });
  }

  async function runSite(site: Site, sum: ReportRun): Promise<void> {
    const begun = await current(site);
    if (!begun) return;
    let report: ReconciliationReport = begun;
    const { id, startedAt } = report;
    if (!(await inSite(site, (unit) => unit.reconciliationReports.take(id, holder, heldAt(), until())))) return;
    const access = await deps.access(site);
    for (;;) {
      const read: Batch | undefined = access.ok ? await batch(site, access.ehr, report) : undefined;
      if (read) {
        const { progress } = read;
        if (!(await inSite(site, (unit) => unit.reconciliationReports.advance(id, holder, until(), progress)))) return;
        sum.looked += progress.looked - report.looked;
        sum.differences += progress.differences.length - report.differences.length;
        report = { ...report, ...progress };
      }
      if (!read || read.silent) {
        // Whoever comes next may go on with it at once.
        await inSite(site, (unit) => unit.reconciliationReports.take(id, holder, heldAt(), heldAt()));
        if (deps.now().getTime() - Date.parse(startedAt) >= GIVEN_UP_MS) await finish(site, id, 'unreachable');
        return;
      }
      if (read.ended) return finish(site, id, 'done');
      if (report.looked >= MOST_A_RUN) return finish(site, id, 'cut');
    }
  }

  return {
    run: async () => {
      const sum: ReportRun = { looked: 0, differences: 0 };
      for (const site of deps.sites.filter(({ system }) => system !== undefined)) {
        try {
          await runSite(site, sum);
        } catch (error) {
          deps.failed(error);
        }
      }
      return sum;
    },
  };
}

/** Behind what the last one did not come to; else from the first. */
export const cursorAfter = (last: ReconciliationReport | undefined): string => (last?.standing === 'cut' ? last.cursor : '');
