/** A chart with the table behind it one key away: everything that is drawn can be read. */
import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import styles from './Insights.module.css';

type Props = {
  /** What is shown, beside the switch: `By specialty`. */
  caption: ReactNode;
  chart: ReactNode;
  table: ReactNode;
  /** What else can be done with it: an export. */
  actions?: ReactNode;
};

export function ChartOrTable({ caption, chart, table, actions }: Props) {
  const [asTable, setAsTable] = useState(false);
  return (
    <>
      <div className={styles['switch']}>
        <span className="caption">{caption}</span>
        <span className={styles['actions']}>
          {actions}
          <Button size="compact-sm" variant="default" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            {asTable ? 'Show the chart' : 'Show the table'}
          </Button>
        </span>
      </div>
      {asTable ? table : chart}
    </>
  );
}
