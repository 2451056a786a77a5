/** Every cell of the table in README.md, asked over HTTP on PostgreSQL. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Matrix, openMatrix } from './test-cells.ts';
import { lowerRowSecurity, unwatchedTables } from './test-state.ts';
import { ANOTHER_PATIENT, placesFor, readTable } from './test-table.ts';

const ROWS = readTable();

let matrix: Matrix;
beforeAll(async () => {
  matrix = await openMatrix();
});
afterAll(() => matrix.close());

test('every route has a row, every row its cells, and every table is looked at', async () => {
  expect(await unwatchedTables(matrix.worlds)).toEqual([]);
  const routes = matrix.worlds.routes.map(({ method, path }) => `${method} ${path}`);
  const rows = new Set(ROWS.map(({ route }) => route));
  expect({ without: routes.filter((route) => !rows.has(route)), gone: [...rows].filter((route) => !routes.includes(route)) }).toEqual({
    without: [],
    gone: [],
  });
  const columns = new Set([...matrix.callers.map(({ column }) => column), 'another patient', 'elsewhere']);
  for (const { name, cells } of ROWS) expect({ name, columns: new Set(cells.keys()) }).toEqual({ name, columns });
});

describe.each(ROWS)('$name', (row) => {
  test('for the patient in context', async () => expect(await matrix.faultsOfOwn(row)).toEqual([]));

  test('for another patient and elsewhere', async () => {
    const faults = await matrix.faultsOfOthers(row, ANOTHER_PATIENT, 'another patient');
    for (const whose of placesFor(row)) faults.push(...(await matrix.faultsOfOthers(row, whose, 'elsewhere')));
    expect(faults).toEqual([]);
  });
});

/** The database lets no row of another place through; each statement asks for its own place alone all the same. */
test('with row-level security off, elsewhere is as far away', async () => {
  expect(await lowerRowSecurity(matrix.worlds)).toBeGreaterThan(10);
  const faults: string[] = [];
  for (const row of ROWS) {
    for (const whose of placesFor(row)) {
      const found = await matrix.faultsOfOthers(row, whose, 'elsewhere', (callers) => callers.slice(0, 1));
      faults.push(...found.map((fault) => `${row.name}: ${fault}`));
    }
  }
  expect(faults).toEqual([]);
});

test('all of it was asked', () => {
  expect(matrix.asked()).toBeGreaterThan(2000);
});
