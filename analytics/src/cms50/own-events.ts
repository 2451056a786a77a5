/**
 * Our own referrals as the tables that CMS50 reads: pseudonyms, days without times, the codes that Refloop writes for each specialty. There are
 * no visits in them, so that nobody is in the initial population; what there is of referrals and reports has its reasons all the same.
 */
import { join } from 'node:path';
import { SPECIALTIES } from '@refloop/domain/clinical/specialty';
import { openDuckDb, quoted } from '../duckdb.ts';
import { MODEL_VERSION } from '../models.ts';
import { currentSnapshot } from '../snapshot.ts';
import { NoSnapshot, SnapshotOfAnotherVersion } from '../warehouse.ts';
import { measureSql } from './measure.ts';
import type { Read } from './read-export.ts';

const SNOMED = 'http://snomed.info/sct';
const LOINC = 'http://loinc.org';
const TABLES = ['input__event', 'core__referral', 'core__report'] as const;
const CODES = new Map(SPECIALTIES.map(({ id, referral, consultNote }) => [id, { referral, consultNote }]));

const coded = (system: string, code: string | undefined): { system: string; code: string }[] =>
  code === undefined ? [] : [{ system, code }];

/** Of the snapshot in force. Throws `NoSnapshot`, or `SnapshotOfAnotherVersion`. */
export async function* readOwnEvents(warehouse: string, signal?: AbortSignal): AsyncIterable<Read> {
  const snapshot = await currentSnapshot(warehouse);
  if (!snapshot) throw new NoSnapshot(warehouse);
  if (snapshot.manifest.modelVersion !== MODEL_VERSION) throw new SnapshotOfAnotherVersion(snapshot.manifest);
  const { folder } = snapshot;
  const session = await openDuckDb({ folders: [folder], spillFolder: null, memoryMegabytes: 768, threads: 2, seconds: 600, signal });
  try {
    const query = await session.connect();
    for (const table of TABLES)
      await query.run(`create view ${table} as select * from read_parquet(${quoted(join(folder, `${table}.parquet`))})`);
    const patients = new Set<string>();
    for (const { referral, patient, specialty, ordered_on, status } of await query.run(measureSql('own_referral'))) {
      const row = { id: String(referral), updated: null, version: null, patient: String(patient), status: String(status), intent: 'order' };
      const codes = coded(SNOMED, CODES.get(String(specialty))?.referral.code);
      patients.add(row.patient);
      yield { table: 'service_request', row: { ...row, codes, authored_on: String(ordered_on) } };
    }
    for (const { referral, report, patient, specialty, received_on } of await query.run(measureSql('own_report'))) {
      const codes = coded(LOINC, CODES.get(String(specialty))?.consultNote.code);
      const row = {
        id: `${String(referral)}-${String(report)}`,
        updated: null,
        version: null,
        patient: String(patient),
        status: 'completed',
      };
      yield { table: 'task', row: { ...row, codes, based_on: [String(referral)], focus: null, ended: String(received_on) } };
    }
    for (const id of patients) yield { table: 'patient', row: { id, updated: null, version: null } };
  } finally {
    session.close();
  }
}
