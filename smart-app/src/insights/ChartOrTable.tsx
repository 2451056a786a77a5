/** A chart with the table behind it one key away: everything that is drawn can be read. */
import { Button } from '@mantine/core';
import type { MetricRow } from '@refloop/server/client/insights';
import { type ReactNode, useRef, useState } from 'react';
import styles from './Insights.module.css';
import { savePicture } from './save-picture.ts';

type Props = {
  /** What is shown, beside the switch: `By specialty`. */
  caption: ReactNode;
  chart: ReactNode;
  table: ReactNode;
  /** The rows that are drawn on a canvas, where it is one: a chart with small cells is no picture to take away. */
  drawn?: readonly Pick<MetricRow, 'n'>[];
};

/** Fewer may not leave the product (analytics/src/small-cells.ts). */
const SMALLEST_CELL = 11;

export function ChartOrTable({ caption, chart, table, drawn }: Props) {
  const [asTable, setAsTable] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const canBeTaken = drawn?.every(({ n }) => n === 0 || (n !== null && n >= SMALLEST_CELL)) ?? false;
  return (
    <>
      <div className={styles['switch']}>
        <span className="caption">{caption}</span>
        <span className={styles['actions']}>
          {asTable || !canBeTaken ? null : (
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => (place.current ? savePicture(place.current, 'referrals.png') : undefined)}
            >
              PNG
            </Button>
          )}
          <Button size="compact-sm" variant="default" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            {asTable ? 'Show the chart' : 'Show the table'}
          </Button>
        </span>
      </div>
      <div ref={place} className={styles['place']}>
        {asTable ? table : chart}
      </div>
    </>
  );
}
