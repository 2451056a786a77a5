/** The note as it will be filed: gaps first, then sentence by sentence with its sources. */
import { Skeleton } from '@mantine/core';
import { preparersVersion } from '@refloop/domain/drafting/hand-over';
import type { NoteDraft, Recommendation, Sentence } from '@refloop/server/client/recommendation';
import { cardOf, type Desk, type DeskState, notDrafted, recommendationOf } from '../refer/desk.ts';
import { changeWorking } from '../refer/request-flow.ts';
import { Late } from '../ui/Late.tsx';
import { laterParts } from '../ui/later-parts.tsx';
import { AddSentence } from './AddSentence.tsx';
import { Checklist } from './Checklist.tsx';
import styles from './NoteColumn.module.css';
import { NoteHints } from './NoteHints.tsx';
import { NoteSentence } from './NoteSentence.tsx';
import {
  changesText,
  editSentence,
  keptOf,
  noteChanges,
  removeSentence,
  restoreSentence,
  SECTION_NAMES,
  SECTIONS,
} from './working-copy.ts';

// Seldom needed in the chart.
const ApprovedThread = laterParts(() => import('../refer/ApprovedThread.tsx')).part((file) => file.ApprovedThread);

const keyOf = (ref: { type: string; id: string }): string => `${ref.type}/${ref.id}`;

/** Numbers run in the order in which sources are first cited in the note as it stands. */
function sourceNumbers(sentences: readonly Sentence[]): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const section of SECTIONS) {
    for (const sentence of sentences.filter((each) => each.section === section)) {
      for (const source of sentence.sources) if (!numbers.has(keyOf(source))) numbers.set(keyOf(source), numbers.size + 1);
    }
  }
  return numbers;
}

type Hands = {
  /** The note as the preparer has it; everything that differs from it is by whoever signs. */
  preparers: readonly Sentence[];
  /** Ids of the sentences that are the preparer's. */
  theirs: ReadonlySet<string>;
  preparer: string;
  signer: string;
};

/** Whose hands were at a note that one person prepares and another signs; undefined where one person does both. */
function handsAt(desk: Desk, state: DeskState, { prepared, working }: Recommendation): Hands | undefined {
  if (!prepared) return undefined;
  const isPreparer = prepared.by.subject === desk.session.user.subject;
  // What was changed on this page since it was read is by the person who looks at it.
  const preparers = isPreparer ? preparersVersion(prepared.sentences, working.sentences, state.sentences) : prepared.sentences;
  return {
    preparers,
    theirs: keptOf(preparers, state.sentences),
    preparer: isPreparer ? 'you' : prepared.by.name,
    signer: isPreparer ? (prepared.pend?.for.name ?? 'the clinician') : 'you',
  };
}

/** What was changed since the draft, and by whom. */
function changedBy(state: DeskState, { draft }: Recommendation, hands: Hands | undefined): string {
  if (!hands) return sentence(changesText(noteChanges(draft.sentences, state.sentences), 'you'));
  const prepared = changesText(noteChanges(draft.sentences, hands.preparers), hands.preparer);
  const since = noteChanges(hands.preparers, state.sentences);
  const unchanged = since.edited.length + since.added.length + since.removed.length === 0;
  return sentence(unchanged ? prepared : `${prepared} · ${changesText(since, hands.signer)}`);
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

export function NoteColumn({ desk, state, locked }: { desk: Desk; state: DeskState; locked: boolean }) {
  const recommendation = recommendationOf(state);
  const card = cardOf(state, state.choice.entryId);
  const heading = card ? `Note to ${card.name}` : 'Note';
  return (
    <section aria-labelledby="note-heading" className={styles['column']}>
      <div className={styles['head']}>
        <h2 id="note-heading">{heading}</h2>
        {recommendation ? (
          <span className="caption num">{changedBy(state, recommendation, handsAt(desk, state, recommendation))}</span>
        ) : null}
      </div>
      <DraftStatus desk={desk} state={state} />
      {recommendation ? <NoteBody desk={desk} state={state} recommendation={recommendation} locked={locked} /> : null}
    </section>
  );
}

function DraftStatus({ desk, state }: { desk: Desk; state: DeskState }) {
  const { draft } = state;
  if (draft.kind === 'failed') {
    return (
      <div role={draft.decided ? 'status' : 'alert'} className={styles[draft.decided ? 'quiet' : 'failed']}>
        {notDrafted(draft)} {draft.decided ? null : 'Refloop tries again when you change the request or when the server is back.'}
        {draft.referralId === undefined ? null : <ApprovedThread desk={desk} referralId={draft.referralId} />}
      </div>
    );
  }
  if (draft.kind === 'none') return <p className="caption">Choose a specialty, then the note is drafted from the chart.</p>;
  if (draft.kind === 'ready' || (draft.kind === 'drafting' && draft.previous)) return null;
  return (
    <Late>
      <div>
        <output className="caption">{draft.kind === 'reading-chart' ? 'Reading the chart' : 'Drafting the note'}</output>
        {[96, 88, 93, 60, 90, 84].map((width) => (
          <Skeleton key={width} height={12} width={`${width}%`} mt={10} />
        ))}
      </div>
    </Late>
  );
}

type BodyProps = { desk: Desk; state: DeskState; recommendation: Recommendation; locked: boolean };

function NoteBody({ desk, state, recommendation, locked }: BodyProps) {
  const { draft } = recommendation;
  const changes = noteChanges(draft.sentences, state.sentences);
  const hands = handsAt(desk, state, recommendation);
  const numbers = sourceNumbers(state.sentences);
  const sourceByKey = new Map(draft.sources.map((source) => [keyOf(source.ref), source]));
  const set = (sentences: Sentence[]) => changeWorking(desk, { sentences });
  /** Whose words it is, where it is not the composer's. */
  const ownMark = ({ id, author }: Sentence): string | undefined => {
    if (author !== 'clinician') return undefined;
    const by = !hands ? 'you' : hands.theirs.has(id) ? hands.preparer : hands.signer;
    if (changes.edited.includes(id)) return `edited by ${by}`;
    // Taken over from the request as it stood, whoever wrote that.
    return by !== 'you' && !changes.added.includes(id) ? 'from the request' : `written by ${by}`;
  };
  const sentenceOf = (sentence: Sentence) => (
    <NoteSentence
      key={sentence.id}
      sentence={sentence}
      numbers={sentence.sources.flatMap((source) => numbers.get(keyOf(source)) ?? [])}
      sources={sentence.sources.flatMap((source) => sourceByKey.get(keyOf(source)) ?? [])}
      own={ownMark(sentence)}
      locked={locked}
      onEdit={(text) => set(editSentence(state.sentences, sentence.id, text))}
      onRemove={() => set(removeSentence(state.sentences, sentence.id))}
      onRestore={
        changes.edited.includes(sentence.id) ? () => set(restoreSentence(state.sentences, draft.sentences, sentence.id)) : undefined
      }
    />
  );
  return (
    <>
      <NoteHints recommendation={recommendation} />
      <Checklist desk={desk} state={state} recommendation={recommendation} locked={locked} />
      {SECTIONS.map((section) => {
        const sentences = state.sentences.filter((sentence) => sentence.section === section);
        return sentences.length === 0 ? null : (
          <div key={section} className={styles['paragraph']}>
            <span className={styles['section']}>{SECTION_NAMES[section]}</span>
            {sentences.map((sentence, index) => (
              <span key={sentence.id}>
                {index > 0 ? ' ' : ''}
                {sentenceOf(sentence)}
              </span>
            ))}
          </div>
        );
      })}
      {locked ? null : <AddSentence sentences={state.sentences} onAdd={set} />}
      {changes.removed.length > 0 ? (
        <details className={styles['quiet']}>
          <summary>{changes.removed.length === 1 ? '1 sentence removed' : `${changes.removed.length} sentences removed`}</summary>
          <ul className={styles['list']}>
            {changes.removed.map((sentence) => (
              <li key={sentence.id} className={styles['item']}>
                <span>{sentence.text}</span>
                <button
                  type="button"
                  className="link"
                  disabled={locked}
                  onClick={() => set(restoreSentence(state.sentences, draft.sentences, sentence.id))}
                >
                  Restore
                </button>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      <Provenance draft={draft} />
    </>
  );
}

function Provenance({ draft }: { draft: NoteDraft }) {
  return (
    <div className={styles['quiet']}>
      <span>
        Composed from the chart by {draft.composer.name} {draft.composer.version}; no model took part.
      </span>
      {draft.withheld.count > 0 ? (
        <span className="num">
          {draft.withheld.count} {draft.withheld.count === 1 ? 'entry was' : 'entries were'} kept out: {draft.withheld.why.join(', ')}.
        </span>
      ) : null}
      {draft.notSeen.map((text) => (
        <span key={text}>{text}</span>
      ))}
    </div>
  );
}
