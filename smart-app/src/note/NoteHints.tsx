/** What to know before ordering: an order that may already be there, a reason that says too little. */
import type { Recommendation } from '@refloop/server/client/recommendation';
import styles from './NoteColumn.module.css';

export function NoteHints({ recommendation }: { recommendation: Recommendation }) {
  const { duplicates, vagueReason } = recommendation;
  return (
    <>
      {duplicates.length > 0 ? (
        <div className={styles['missing']} role="note" aria-label="Possible duplicate">
          <strong>Possible duplicate</strong>
          <ul className={styles['list']}>
            {duplicates.map((duplicate) => (
              <li key={`${duplicate.source.type}/${duplicate.source.id}`}>{duplicate.text}</li>
            ))}
          </ul>
        </div>
      ) : null}
      {vagueReason ? (
        <div className={styles['missing']} role="note" aria-label="Reason">
          {vagueReason}
        </div>
      ) : null}
    </>
  );
}
