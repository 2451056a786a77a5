/** What happened, newest first, whoever of the parties did it. */
import type { ThreadEntry } from '@refloop/server/client/thread';
import { detailText, plainTime } from '../words/plain-date.ts';
import styles from './Thread.module.css';

const PARTIES: Record<ThreadEntry['party'], string> = {
  practice: 'Practice',
  office: 'Specialist’s office',
  patient: 'Patient',
  payer: 'Payer',
  refloop: 'Refloop',
};

const prefixed = (told: string | null): string => (told === null ? '' : ` · ${told}`);

/** “The specialist’s office, by link” begins no sentence here. */
const inSentence = (by: string): string => by.replace(/^The /, 'the ');

export function ThreadEntries({ entries, now }: { entries: readonly ThreadEntry[]; now: Date }) {
  return (
    <section aria-label="What happened">
      <ol className={styles['entries']} reversed>
        {entries.toReversed().map(({ sequence, at, recordedAt, party, by, title, detail, rule, times }) => (
          <li key={sequence} className={styles[party]} title={rule === null ? undefined : `Rule ${rule}`}>
            <p>
              <strong>{title}</strong>
              {prefixed(detailText(detail, times, now))}
            </p>
            <p className="caption num">
              {PARTIES[party]} · {at === null ? 'time not known' : plainTime(at, now)} · put on record by {inSentence(by)}
              {at === recordedAt ? '' : `, ${plainTime(recordedAt, now)}`}
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}
