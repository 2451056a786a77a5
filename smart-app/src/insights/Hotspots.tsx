/** Where people wait longest: the months of each segment on one scale, the longest first, and which stand clearly above all together. */
import { FEWEST_TO_JUDGE } from '@refloop/domain/fewest-to-judge';
import type { MetricAnswer, MetricRow } from '@refloop/server/client/insights';
import { ChartOrTable } from './ChartOrTable.tsx';
import { countText, intervalText, segmentText, sizeOf, valueText } from './figures.ts';
import { MetricTable } from './MetricTable.tsx';
import { type Multiple, SmallMultiples } from './SmallMultiples.tsx';
import { trendOf } from './trend.ts';
import type { OnRows } from './views.ts';

type Props = {
  whole: MetricAnswer;
  /** By one segment. */
  apart: MetricAnswer;
  /** By that segment and the month. */
  months: MetricAnswer;
  onRows: OnRows;
};

const MONTHS = 18;
const MOST = 12;

type Cell = Multiple & { row: MetricRow };

/** Whose whole interval lies above that of everybody together. */
const isHot = (row: MetricRow, all: MetricRow | undefined): boolean =>
  row.low !== null && all !== undefined && all.high !== null && row.low > all.high;

export function Hotspots({ whole, apart, months, onRows }: Props) {
  const all = whole.rows[0];
  const { metric, by } = apart;
  const [name] = by;
  if (name === undefined) return null;
  const enough = apart.rows.filter((row) => sizeOf(row) >= FEWEST_TO_JUDGE && row.value !== null);
  const cells = enough
    .toSorted((one, other) => (other.value ?? 0) - (one.value ?? 0))
    .slice(0, MOST)
    .map((row): Cell => {
      const interval = intervalText(row, metric.unit);
      return {
        name: segmentText(row.segment),
        row,
        points: trendOf(
          months.rows.filter(({ segment }) => segment[name] === row.segment[name]),
          MONTHS,
        ),
        caption: `${valueText(row.value, metric.unit)} (${interval}), n ${countText(row.n)}`,
        mark: isHot(row, all) ? 'longer than all together' : undefined,
      };
    });
  if (cells.length === 0) return <p className="caption">Too few referrals to compare waits by {name}.</p>;
  const hot = cells.filter(({ row }) => isHot(row, all)).length;
  return (
    <ChartOrTable
      caption={`Median by month of order, one scale${apart.rows.length > cells.length ? `; the ${cells.length} longest of ${apart.rows.length}` : ''}. ${
        hot === 0 ? 'None stands clearly above all together.' : `${hot} ${hot === 1 ? 'stands' : 'stand'} clearly above all together.`
      }`}
      table={<MetricTable answer={months} rows={months.rows} onRows={(row) => onRows(months, row)} />}
      chart={<SmallMultiples label={metric.title} unit={metric.unit} cells={cells} onRows={({ row }) => onRows(apart, row)} />}
    />
  );
}
