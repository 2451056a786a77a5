/** The jobs of a worker: what is done again and again, and how often it is looked whether there is something to do. */
import { startSequencer } from '../audit/sequencer.ts';
import { type AnyHandler, anyHandler } from '../channels/handler.ts';
import { noteInError } from '../channels/note-in-error.ts';
import { packetHandlers } from '../channels/packet-handlers.ts';
import { patientMail } from '../channels/patient-mail.ts';
import { noteInChart, noteReceipt } from '../channels/report-in-chart.ts';
import { taskStanding } from '../channels/task-standing.ts';
import { textMessage } from '../channels/text-message.ts';
import { chartPartsNow } from '../ehr/chart-parts.ts';
import { consentsNow } from '../ehr/consents-now.ts';
import { createInbound } from '../inbound/take-in.ts';
import { type Repeated, repeat } from '../jobs/repeat.ts';
import { createOutboxWorker } from '../outbox/worker.ts';
import { createCapture } from '../services/capture/capture.ts';
import { createChartLooks } from '../services/chart-again/chart-looks.ts';
import { createDueReferrals } from '../services/engine/due-referrals.ts';
import { createReconciliation } from '../services/reconciliation.ts';
import { createReconciliationReports } from '../services/reconciliation-report.ts';
import type { Store } from '../store/store.ts';
import { type Foundation, pause } from './foundation.ts';
import type { Running } from './running.ts';

/** How often due write-backs are looked for; each has its own time (services/look-schedule.ts). */
const RECONCILE_MS = 15_000;
/** Whether it is night, or somebody asked for a report. */
const REPORTS_MS = 15_000;
/** How often timers are looked at; the shortest span of a policy is counted in hours. */
const LOOK_MS = 15_000;
/** How soon what came in is read. */
const INBOUND_MS = 2000;
/** How soon after an event what it asks for leaves. */
const OUTBOX_MS = 2000;
/** How soon after an EHR’s notification it is looked into; each type has its own time besides (services/capture). */
const CAPTURE_MS = 5000;
/** Whether it is time to look in charts again; each packet has a time of its own (services/chart-again). */
const CHART_MS = 15_000;

/** What of the outbox this version carries out. */
const channelHandlers = ({ config, sites, access, now, sinceClockSet }: Foundation, store: Store): AnyHandler[] => [
  anyHandler(taskStanding({ sites, access, now, sinceClockSet })),
  anyHandler(
    noteInChart({ sites, access, now, sinceClockSet }, (scope, id) => store.transaction(scope, ({ documents }) => documents.get(id))),
  ),
  anyHandler(noteReceipt({ sites, access, now, sinceClockSet })),
  anyHandler(noteInError({ sites, access, now })),
  ...packetHandlers(config.channels, fetch),
  anyHandler(textMessage({ sites, address: config.address })),
  anyHandler(patientMail({ sites, smtp: config.channels.smtp, address: config.address })),
];

/** @returns what is done once after each step of a clock that is moved, one after the other */
export function startJobs(foundation: Foundation, store: Store, running: Running): Repeated[] {
  const { config, sites, access, failing, newId, now, machineTime, sinceClockSet, reader, version } = foundation;

  const reconciliationFailed = failing('reconciliation');
  const reconciliation = createReconciliation({
    store,
    sites,
    access,
    newId,
    now,
    machineTime,
    sinceClockSet,
    pause,
    version,
    failed: reconciliationFailed,
  });
  const looks = repeat(reconciliation.run, RECONCILE_MS, reconciliationFailed);
  running.add('reconciliation', looks.stop);

  const unread = failing('inbound documents');
  const inbound = repeat(createInbound({ store, read: reader.read, version, now, failed: unread }).run, INBOUND_MS, unread);
  running.add('inbound', async () => {
    await inbound.stop();
    await reader.close();
  });

  const reportFailed = failing('reconciliation report');
  const reports = createReconciliationReports({ store, sites, access, newId, now, machineTime, failed: reportFailed });
  const nightly = repeat(reports.run, REPORTS_MS, reportFailed);
  running.add('reports', nightly.stop);

  const unsent = failing('outbox');
  const outbox = createOutboxWorker({
    store,
    handlers: channelHandlers(foundation, store),
    holder: `outbox-${newId()}`,
    version,
    now,
    machineTime,
    pause,
    random: Math.random,
    failed: unsent,
  });
  const sending = repeat(outbox.run, OUTBOX_MS, unsent);
  running.add('outbox', sending.stop);

  const captureFailed = failing('capture');
  const capture = createCapture({
    store,
    sites,
    access,
    now,
    machineTime,
    version,
    address: config.address,
    failed: captureFailed,
  });
  const capturing = repeat(capture.run, CAPTURE_MS, captureFailed);
  running.add('capture', capturing.stop);

  const chartFailed = failing('chart looks');
  const chartLooks = createChartLooks({
    store,
    sites,
    chart: chartPartsNow({ sites, access }),
    consents: consentsNow({ sites, access }),
    now,
    newId,
    version,
    failed: chartFailed,
  });
  const readingAgain = repeat(chartLooks.run, CHART_MS, chartFailed);
  running.add('chart looks', readingAgain.stop);

  const failed = failing('due referrals');
  const engine = repeat(createDueReferrals({ store, now, failed }).run, LOOK_MS, failed, { atOnce: true });
  running.add('engine', engine.stop);

  running.add('sequencer', startSequencer(store.auditTrail, now, failing('audit sequencer')).stop);
  // What others did comes first, then what falls due, then what both ask for.
  return [capturing, readingAgain, inbound, looks, engine, sending, nightly];
}
