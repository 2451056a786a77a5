/** The real layout in grey while the launch opens, once waiting is longer than a blink. */
import { Skeleton } from '@mantine/core';
import { Late } from '../ui/Late.tsx';
import styles from './ReferPage.module.css';

export function ReferSkeleton() {
  return (
    <Late>
      <div className={styles['page']}>
        <output className="sr-only">Opening the chart</output>
        <div className={styles['columns']}>
          <div className={styles['request']}>
            <Skeleton height={16} width={80} mb={16} />
            <Skeleton height={36} mb={12} />
            <Skeleton height={72} mb={12} />
            <Skeleton height={72} />
          </div>
          <div className={styles['matches']}>
            <Skeleton height={16} width={220} mb={16} />
            <Skeleton height={220} mb={10} />
            <Skeleton height={140} mb={10} />
            <Skeleton height={140} />
          </div>
          <div className={styles['note']}>
            <Skeleton height={16} width={120} mb={16} />
            {[100, 92, 96, 60, 90].map((width) => (
              <Skeleton key={width} height={12} width={`${width}%`} mb={10} />
            ))}
          </div>
        </div>
      </div>
    </Late>
  );
}
