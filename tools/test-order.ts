/** The order of the unit tests in a checkout that has never run them: what takes longest begins first, so that it does not run alone at the end. */
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { ROOT } from './environment.ts';

/** More than four seconds each, longest first. Vitest goes by the size of a file otherwise, which says little. */
const LONGEST = [
  'test/writeback/writeback.test.ts',
  'api/server/src/authorization/matrix.test.ts',
  'api/server/src/commands/analytics.test.ts',
  'api/server/src/backup/refusals.test.ts',
  'api/server/src/main.test.ts',
  'api/server/src/practice/load-history.test.ts',
  'api/server/src/backup/backup.test.ts',
  'api/server/src/drain.test.ts',
  'api/server/src/commands/keys.test.ts',
  'api/server/src/audit/audit.test.ts',
  'api/server/src/practice/simulate.test.ts',
  'api/server/src/hostile/planted-values.test.ts',
  'api/server/src/store/postgres/rotation.test.ts',
  'test/oracle/oracle.test.ts',
  'test/warehouse/killed-imports.test.ts',
  'launch/src/main.test.ts',
  'launch/src/fhir/search.property.test.ts',
  'test/replicas/replicas.test.ts',
  'test/upgrade/upgrade.test.ts',
  'api/server/src/hostile/hostile-bodies.test.ts',
  'api/server/src/practice/history-thread.test.ts',
  'api/server/src/services/reconciliation.test.ts',
  'api/server/src/commands/import.test.ts',
  'api/server/src/hostile/every-answer.test.ts',
  'api/server/src/migrations/migrate.test.ts',
  'api/server/src/rate-limits/rate-limits.test.ts',
  'analytics/src/import-histories.test.ts',
  'analytics/src/fhir/import-exports.test.ts',
  'launch/src/fhir/compartment.property.test.ts',
  'analytics/src/import-changes.property.test.ts',
  'test/bulk/live-export.test.ts',
  'launch/src/directory/generate.test.ts',
  'launch/src/synthetic/built-in-resources.postgres.test.ts',
  'test/foreign/sites-file.test.ts',
  'launch/src/routes/refloop-system.test.ts',
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
