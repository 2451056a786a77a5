/** A note as it was read: what matters most in it first, each with a link to where it stands, then its text with those spans marked. */
import type { NoteReading } from '@refloop/server/client/inbound';
import type { ReactNode } from 'react';
import styles from './NoteText.module.css';

type Extract = NoteReading['extracts'][number];

const TOPIC_NAMES: Readonly<Record<Extract['topic'], string>> = {
  assessment: 'Assessment',
  diagnosis: 'Diagnosis',
  findings: 'Findings',
  plan: 'Plan',
};

type Props = { id: string; reading: Pick<NoteReading, 'parts' | 'extracts'> };

const spanId = (id: string, at: number): string => `span-${id}-${at}`;

/** Moves there without changing the address, which says where in the Referral center one is. */
function goTo(target: string): void {
  const span = document.getElementById(target);
  span?.closest('details')?.setAttribute('open', '');
  span?.scrollIntoView({ block: 'center' });
  span?.focus();
}

export function NoteText({ id, reading: { parts, extracts } }: Props) {
  if (parts.length === 0) return null;
  return (
    <div className={styles['note']}>
      {extracts.length === 0 ? (
        <p className="caption">Nothing in it stands under a heading such as Assessment or Plan. Its whole text is below.</p>
      ) : (
        <dl className={styles['extracts']}>
          {extracts.map((extract, at) => (
            <div key={`${extract.part}-${extract.from}`}>
              <dt>{TOPIC_NAMES[extract.topic]}</dt>
              <dd>
                <q className={styles['quoted']}>{extract.text}</q>{' '}
                <button type="button" className={styles['where']} onClick={() => goTo(spanId(id, at))}>
                  {parts[extract.part]?.title ?? 'In the note'}
                </button>
              </dd>
            </div>
          ))}
        </dl>
      )}
      <details className={styles['whole']}>
        <summary>The text of the note</summary>
        {parts.map((part, at) => (
          <section key={`${at}-${part.title}`} aria-label={part.title}>
            <h4>{part.title}</h4>
            <p className={styles['text']}>{marked(id, part.text, at, extracts)}</p>
          </section>
        ))}
      </details>
    </div>
  );
}

/** The text with its spans marked; they come in its order and do not overlap. */
function marked(id: string, text: string, part: number, extracts: readonly Extract[]): ReactNode[] {
  const pieces: ReactNode[] = [];
  let from = 0;
  for (const [at, extract] of extracts.entries()) {
    if (extract.part !== part || extract.from < from) continue;
    pieces.push(text.slice(from, extract.from));
    pieces.push(
      <mark key={extract.from} id={spanId(id, at)} tabIndex={-1}>
        {text.slice(extract.from, extract.to)}
      </mark>,
    );
    from = extract.to;
  }
  pieces.push(text.slice(from));
  return pieces;
}
