/** Who is not on the list and why: the counts in full, the nearest by name. */
import { Modal } from '@mantine/core';
import type { MatchAnswer } from '@refloop/server/client/match';
import { exclusionText } from './card-words.ts';
import styles from './MatchesColumn.module.css';

export function ExcludedDialog({ answer, opened, onClose }: { answer: MatchAnswer; opened: boolean; onClose: () => void }) {
  const counts = Object.entries(answer.excluded.counts).filter(([, count]) => count > 0);
  return (
    <Modal opened={opened} onClose={onClose} title="Not shown, and why" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <p className="num">
        Of {answer.inRadius} {answer.radiusMiles === null ? '' : `within ${answer.radiusMiles} miles`}, {answer.eligible} are eligible.{' '}
        {counts.map(([reason, count]) => `${count} ${exclusionText(reason)}`).join(' · ')}.
      </p>
      <ul className={styles['results']}>
        {answer.excluded.nearest.map((each) => (
          <li key={`${each.entryId}-${each.reason}`} className={styles['result']}>
            <div>
              <strong>{each.name}</strong>
              <div className={`${styles['resultFacts']} num`}>
                <span>{each.organization ?? 'No practice named'}</span>
                <span>{each.miles === null ? 'Distance unknown' : `${each.miles.toFixed(1)} mi`}</span>
              </div>
            </div>
            <span>{exclusionText(each.reason)}</span>
          </li>
        ))}
      </ul>
      <p className="caption">The nearest are named here; the counts are of all.</p>
    </Modal>
  );
}
