/** The order of the unit tests in a checkout that has never run them: what takes longest begins first, so that it does not run alone at the end. */
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { ROOT } from './environment.ts';

/** More than eight seconds each, longest first. Vitest goes by the size of a file otherwise, which says little. */
const LONGEST = [
  'api/server/src/authorization/matrix.test.ts',
  'test/oracle/oracle.test.ts',
  'test/directory/coverage.test.ts',
  'api/server/src/commands/analytics.test.ts',
  'api/server/src/backup/refusals.test.ts',
  'test/writeback/writeback.test.ts',
  'test/kill/kill.test.ts',
  'launch/src/main.test.ts',
  'api/server/src/hostile/planted-values.test.ts',
  'api/server/src/backup/backup.test.ts',
  'test/warehouse/killed-imports.test.ts',
  'api/server/src/commands/keys.test.ts',
  'api/server/src/practice/load-history.test.ts',
  'api/server/src/drain.test.ts',
  'analytics/src/fhir/import-exports.test.ts',
  'api/server/src/main.test.ts',
  'test/replicas/replicas.test.ts',
  'test/upgrade/upgrade.test.ts',
  'api/server/src/audit/audit.test.ts',
  'api/server/src/services/packet-files.test.ts',
  'api/server/src/services/reconciliation.test.ts',
  'test/coverage/coverage.test.ts',
  'api/server/src/practice/simulate.test.ts',
  'analytics/src/import-histories.test.ts',
  'api/server/src/store/postgres/rotation.test.ts',
  'launch/src/fhir/load.test.ts',
  'api/server/src/hostile/hostile-bodies.test.ts',
  'analytics/src/import-changes.property.test.ts',
  'api/server/src/practice/history-thread.test.ts',
  'test/bench/loop/due-questions.test.ts',
  'analytics/src/cases.test.ts',
  'test/simulation/simulation.test.ts',
  'analytics/src/tallies.test.ts',
  'api/server/src/hostile/every-answer.test.ts',
  'api/server/src/authorization/same-ids.test.ts',
  'launch/src/synthetic/built-in-resources.postgres.test.ts',
  'launch/src/directory/synthetic-directory.test.ts',
  'launch/src/fhir/search.property.test.ts',
  'api/server/src/services/missing-items.test.ts',
  'api/server/src/channels/office-mail.test.ts',
  'api/server/src/database-away.test.ts',
  'test/foreign/sites-file.test.ts',
  'launch/src/fhir/compartment.property.test.ts',
  'api/server/src/migrations/migrate.test.ts',
  'api/server/src/services/packet-authorization.test.ts',
  'launch/src/directory/generate.test.ts',
  'api/server/src/services/patient/patient-page.test.ts',
  'launch/src/synthetic/where-patients-live.test.ts',
  'test/fhir-channel/report-in-chart.test.ts',
  'test/bulk/live-export.test.ts',
  'api/server/src/commands/import.test.ts',
  'test/hostile-doors/hostile-doors.test.ts',
  'test/bulk/foreign-export.test.ts',
  'api/server/src/store/postgres/database.test.ts',
  'api/server/src/analytics/refresh.postgres.test.ts',
  'api/server/src/inbound/document-reader.test.ts',
  'api/server/src/routes/access.test.ts',
  'launch/src/synthetic/conformance.test.ts',
  'analytics/src/import-changes.test.ts',
];

const place = ({ moduleId }: TestSpecification): number => {
  const found = LONGEST.indexOf(relative(ROOT, moduleId));
  return found < 0 ? LONGEST.length : found;
};

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}
