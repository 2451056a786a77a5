/** Above the page of whoever signs: who prepared this, for whom, since when, and what they changed in the note. */
import { changesText, noteChanges } from '../note/working-copy.ts';
import { plainTime } from '../words/plain-date.ts';
import { type Desk, type DeskState, preparedOf, recommendationOf } from './desk.ts';
import styles from './ReferPage.module.css';

export function PreparedBanner({ desk, state }: { desk: Desk; state: DeskState }) {
  const prepared = preparedOf(state);
  const recommendation = recommendationOf(state);
  const { user } = desk.session;
  if (!prepared?.pend || !recommendation || prepared.by.subject === user.subject) return null;
  const { pend } = prepared;
  const forWhom = pend.for.subject === user.subject ? 'you' : `${pend.for.name}, for whom you cover,`;
  const changes = changesText(noteChanges(recommendation.draft.sentences, prepared.sentences), prepared.by.name);
  return (
    <section className={styles['notice']} aria-label="Prepared">
      <span>
        Prepared by <strong>{prepared.by.name}</strong> for {forWhom} to sign, {plainTime(pend.since)}.
      </span>
      <span>Note: {changes}.</span>
      {pend.note === '' ? null : <span>“{pend.note}”</span>}
    </section>
  );
}
