/** One small drawing a segment, all on one scale, so that they can be compared by eye; each opens the rows behind it. */
import type { MetricAnswer } from '@refloop/server/client/insights';
import { Chip } from '../ui/Chip.tsx';
import { RowsButton } from './RowsButton.tsx';
import styles from './Trend.module.css';
import { Trend, topOf } from './Trend.tsx';
import type { TrendPoint } from './trend.ts';

export type Multiple = {
  name: string;
  points: readonly TrendPoint[];
  /** What stands under the name: the value of all its months, with interval and n. */
  caption: string;
  /** What it stands out by, in words. */
  mark?: string | undefined;
};

type Props<Cell extends Multiple> = {
  /** What is drawn: `Days to the first appointment`. */
  label: string;
  unit: MetricAnswer['metric']['unit'];
  cells: readonly Cell[];
  target?: number | undefined;
  onRows?: (cell: Cell) => void;
};

export function SmallMultiples<Cell extends Multiple>({ label, unit, cells, target, onRows }: Props<Cell>) {
  const top = topOf(
    unit,
    cells.flatMap(({ points }) => points),
  );
  return (
    <ul className={styles['multiples']} aria-label={label}>
      {cells.map((cell) => (
        <li key={cell.name}>
          <div className={styles['name']}>
            <strong>{cell.name}</strong>
            {onRows ? <RowsButton about={`Rows behind ${label}, ${cell.name}`} onRows={() => onRows(cell)} /> : null}
          </div>
          <p className="caption num">
            {cell.caption} {cell.mark === undefined ? null : <Chip tone="warn">{cell.mark}</Chip>}
          </p>
          <Trend label={`${label}, ${cell.name}`} points={cell.points} unit={unit} top={top} height={56} target={target} />
        </li>
      ))}
    </ul>
  );
}
