/** `npm run analytics -- report`: the report of a month from the snapshot in force. */
import { AssumptionsUnreadable } from '@refloop/analytics/assumptions';
import { metricIds } from '@refloop/analytics/metric-definition';
import { NoSnapshot, openWarehouse, SnapshotOfAnotherVersion } from '@refloop/analytics/warehouse';
import { assumptionsOf, warehouseFolderOf } from '../../environment/warehouse.ts';
import { documentHtml } from '../../reports/document-html.ts';
import { documentPdf } from '../../reports/document-pdf.ts';
import { monthlyReport } from '../../reports/monthly-report.ts';
import { folderOf, wrongUse } from '../console.ts';
import { readOptions, type Subcommand, WAREHOUSE_OPTION } from './subcommand.ts';

const HELP = `Usage: npm run analytics -- report --month YYYY-MM [--format html|pdf] [--warehouse DIR]

Writes the report of a month: headline numbers with their targets, what changed against the month before, the largest causes of loss that
can be avoided, and what each number counts. A number belongs to the month of the order; where that month is too young to judge, the latest
month that is old enough stands instead, by name. Cells of fewer than 11 referrals are not told.

  --month YYYY-MM    the last month to look at
  --format FORMAT    html unless told; pdf goes to a file or a pipe, never to a terminal
  ${WAREHOUSE_OPTION}`;

const OPTIONS = {
  month: { type: 'string' },
  format: { type: 'string', default: 'html' },
  warehouse: { type: 'string' },
} as const;

type Question = { month: string; format: 'html' | 'pdf'; folder: string };

function question(args: string[]): Question {
  const { positionals, values } = readOptions(args, OPTIONS, HELP);
  const [extra] = positionals;
  if (extra !== undefined) return wrongUse(`"${extra}" is too much.`, HELP);
  const { month, format, warehouse } = values;
  if (month === undefined) return wrongUse('--month: say which, as in --month 2026-10.', HELP);
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) return wrongUse(`--month: "${month}" is no month; write it as in 2026-10.`, HELP);
  if (format !== 'html' && format !== 'pdf') return wrongUse(`--format: "${format}" is none of html, pdf.`, HELP);
  if (format === 'pdf' && process.stdout.isTTY) return wrongUse('--format pdf: redirect it to a file, as in > report.pdf.', HELP);
  return { month, format, folder: warehouse === undefined ? warehouseFolderOf(process.env) : folderOf(warehouse) };
}

export const report: Subcommand = {
  help: HELP,
  whenCancelled: 'nothing was changed',
  plainErrors: [AssumptionsUnreadable, NoSnapshot, SnapshotOfAnotherVersion],
  run: async (args, signal) => {
    const { month, format, folder } = question(args);
    const warehouse = openWarehouse({ folder, signal, seconds: 600, assumptions: assumptionsOf(process.env) });
    try {
      const written = await monthlyReport(
        (metric, by, filter) => warehouse.metric({ metric, by, filter, scope: null, curves: 0 }),
        month,
        metricIds(),
      );
      return format === 'html' ? documentHtml(written) : await documentPdf(written);
    } finally {
      await warehouse.close();
    }
  },
};
