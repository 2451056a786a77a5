/**
 * Runs cases in the form in which SQL on FHIR publishes its own: resources, views over them, and the rows or the error that must come.
 * See: https://github.com/FHIR/sql-on-fhir-v2/tree/master/tests
 */
import { isDeepStrictEqual } from 'node:util';
import { openDuckDb } from '../duckdb.ts';
import { FHIRPATH_MACROS } from './compile-fhirpath.ts';
import { compileView } from './compile-view.ts';
import { columnsOf, readViewDefinition } from './view-definition.ts';

type Row = Record<string, unknown>;

export type CaseFile = {
  title: string;
  resources: Row[];
  tests: {
    title: string;
    tags?: string[];
    view: unknown;
    expect?: Row[];
    expectError?: boolean | string;
    expectColumns?: string[];
  }[];
};

export type CaseOutcome = { file: string; title: string; tags: string[]; failure: string | null };

/** Without regard to order of rows and of columns, and a column that is not there is one without a value. */
function comparable(rows: Row[], isJson: ReadonlySet<string>): string[] {
  const value = (name: string, cell: unknown): unknown => {
    if (!isJson.has(name)) return cell;
    if (Array.isArray(cell)) return cell.map((each) => value(name, each));
    return typeof cell === 'string' ? JSON.parse(cell) : cell;
  };
  const entries = (row: Row) =>
    Object.entries(row)
      .map(([name, cell]): [string, unknown] => [name, value(name, cell)])
      .filter(([, cell]) => cell !== null && cell !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
  return rows.map((row) => JSON.stringify(entries(row))).sort();
}

const NONE: ReadonlySet<string> = new Set();

/** Types that come out of DuckDB as JSON text. */
const isPlain = (type: string | null): boolean => type !== null && /^[a-z]/.test(type);

/** Each case in turn; `failure` says what came instead. */
export async function runCases(files: CaseFile[]): Promise<CaseOutcome[]> {
  const session = await openDuckDb({ folders: [], spillFolder: null, memoryMegabytes: 512, threads: 1, seconds: 20 });
  const query = await session.connect();
  const outcomes: CaseOutcome[] = [];
  try {
    for (const macro of FHIRPATH_MACROS) await query.run(macro);
    for (const { title: file, resources, tests } of files) {
      const values = Object.fromEntries(resources.map((resource, at) => [`r${at}`, JSON.stringify(resource)]));
      const rows = resources.map((_resource, at) => `($r${at}::json)`).join(', ');
      await query.run(`create or replace table resources as select * from (values ${rows}) as given(resource)`, values);
      for (const { title, tags = [], view, expect, expectError, expectColumns } of tests) {
        const outcome = { file, title, tags };
        try {
          const definition = readViewDefinition(view);
          const got = await query.run(compileView(definition, 'resources'));
          const columns = definition.selects.flatMap(columnsOf);
          const isJson = new Set(columns.filter(({ type }) => !isPlain(type)).map(({ name }) => name));
          const names = columns.map(({ name }) => name);
          const same =
            (expect === undefined || isDeepStrictEqual(comparable(got, isJson), comparable(expect, NONE))) &&
            (expectColumns === undefined || isDeepStrictEqual(names, expectColumns));
          const came = expectError === undefined && same ? null : `came: ${JSON.stringify(got)}`;
          outcomes.push({ ...outcome, failure: came });
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error);
          outcomes.push({ ...outcome, failure: expectError === undefined ? why : null });
        }
      }
    }
  } finally {
    query.close();
    session.close();
  }
  return outcomes;
}
