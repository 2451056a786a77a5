/** Which version is shown, and what can be done with it: put what was changed in force, or an earlier version again. */
import { Button } from '@mantine/core';
import type { Made } from '@refloop/server/client/versions';
import { plainTime } from '../words/plain-date.ts';
import styles from './Versions.module.css';

type Props = {
  made: Made;
  inForce: number;
  mayChange: boolean;
  changed: boolean;
  onReview: () => void;
  onTakeBack: () => void;
  children?: string;
};

export function VersionHead({ made, inForce, mayChange, changed, onReview, onTakeBack, children }: Props) {
  const earlier = made.version !== inForce;
  return (
    <>
      <p className="caption num">
        Version {made.version}
        {earlier ? `, not in force any more; version ${inForce} is` : ', in force'}.{' '}
        {made.version === 0 ? '' : `Made by ${made.madeBy}, ${plainTime(made.madeAt)}: `}
        {/[.!?]$/.test(made.reason) ? made.reason : `${made.reason}.`} {children}
      </p>
      {earlier && mayChange ? (
        <div className={styles['draft']}>
          <span>Brought back, it becomes a version of its own.</span>
          <Button size="compact-sm" variant="default" onClick={onReview}>
            Put version {made.version} in force again…
          </Button>
        </div>
      ) : null}
      {changed && !earlier ? (
        <div className={styles['draft']}>
          <output>Changes on this page are not in force yet.</output>
          <Button size="compact-sm" onClick={onReview}>
            Review and put in force…
          </Button>
          <Button size="compact-sm" variant="default" onClick={onTakeBack}>
            Take back
          </Button>
        </div>
      ) : null}
    </>
  );
}
