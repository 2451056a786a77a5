/** The list: the best three first, the others on request, what is out of network or unknown under its own heading. */
import { Button, Skeleton } from '@mantine/core';
import { type KeyboardEvent, useRef, useState } from 'react';
import { answerOf, type CardFacts, type Desk, type DeskState } from '../refer/desk.ts';
import { NobodyFits, SomeoneElse } from '../refer/later.ts';
import { changeWorking } from '../refer/request-flow.ts';
import { decides } from '../session/roles.ts';
import { Late } from '../ui/Late.tsx';
import { shortDay, thisYear } from '../words/plain-date.ts';
import { Alternates } from './Alternates.tsx';
import { listHeading } from './card-words.ts';
import { MatchCard } from './MatchCard.tsx';
import styles from './MatchesColumn.module.css';
import { askMatch, choose, showMore } from './match-flow.ts';
import { OverrideReason } from './OverrideReason.tsx';

const FIRST = 3;

type Props = {
  desk: Desk;
  state: DeskState;
  /** It is approved: who was chosen is read, and nothing of it looks as if it could be changed. */
  locked: boolean;
  keysOn: boolean;
  onEditNote: () => void;
};

export function MatchesColumn({ desk, state, locked, keysOn, onEditNote }: Props) {
  const [expanded, setExpanded] = useState(false);
  const [dialog, setDialog] = useState<'someone-else' | 'nobody-fits'>();
  const list = useRef<HTMLDivElement>(null);
  const answer = answerOf(state);
  const ranked = answer?.ranked ?? [];
  // A choice of an earlier launch may stand further down; it is shown with the first three.
  const chosenBelow = ranked.slice(FIRST).filter((card) => card.entryId === state.choice.entryId);
  const shown = expanded ? [...ranked, ...state.more] : [...ranked.slice(0, FIRST), ...chosenBelow];
  // The same specialist twice would be two answers to one question: found by name counts only where not listed already.
  const listed = new Set(
    [...shown, ...(answer?.outOfNetwork.cards ?? []), ...(answer?.networkUnknown.cards ?? []).slice(0, FIRST)].map((card) => card.entryId),
  );
  const hidden = (answer?.eligible ?? 0) - shown.length;

  const pick = (card: CardFacts) => {
    choose(desk, card.entryId);
    changeWorking(desk, {});
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    // Single keys act only here, with no modifier, and not while typing (WCAG 2.1.4).
    if (!keysOn || event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLTextAreaElement) return;
    if (event.target instanceof HTMLInputElement && event.target.type !== 'radio') return;
    const card = /^[1-9]$/.test(event.key) ? shown[Number(event.key) - 1] : undefined;
    if (card) {
      pick(card);
      list.current?.querySelector<HTMLInputElement>(`input[value="${CSS.escape(card.entryId)}"]`)?.focus();
    } else if (event.key === '/') setDialog('someone-else');
    else if (event.key === 'e') onEditNote();
    else return;
    event.preventDefault();
  };
  const cards = (entries: readonly CardFacts[]) =>
    entries.map((card) => {
      const chosen = card.entryId === state.choice.entryId;
      return (
        <MatchCard key={card.entryId} card={card} chosen={chosen} locked={locked} onChoose={() => pick(card)}>
          {chosen && !locked && card.network.status !== 'in' ? <OverrideReason desk={desk} choice={state.choice} /> : null}
        </MatchCard>
      );
    });

  return (
    <section aria-labelledby="matches-heading" className={styles['column']}>
      <div className={styles['head']}>
        <h2 id="matches-heading" className="num">
          {answer ? listHeading(Math.min(FIRST, answer.ranked.length), answer.eligible, answer.radiusMiles) : 'Matches'}
        </h2>
        {answer ? (
          <span className="caption num">
            Policy {answer.policy.id} {answer.policy.version} · {answer.directory.synthetic ? 'synthetic directory' : 'directory'} of{' '}
            {shortDay(answer.directory.asOf, thisYear())}
          </span>
        ) : null}
      </div>
      {state.match.kind === 'no-specialty' ? <p>Choose a specialty, then the best specialists for it are listed here.</p> : null}
      {state.match.kind === 'loading' && !answer ? (
        <Late>
          <div className={styles['list']}>
            <output className="sr-only">Looking for specialists</output>
            <Skeleton height={210} />
            <Skeleton height={210} />
            <Skeleton height={210} />
          </div>
        </Late>
      ) : null}
      {state.match.kind === 'failed' ? (
        <div role="alert" className={styles['failed']}>
          <p>
            The list could not be {answer ? 'brought up to date' : 'made'}. {state.match.text}
          </p>
          <Button variant="default" onClick={() => void askMatch(desk)}>
            Try again
          </Button>
        </div>
      ) : null}
      {answer ? (
        <div className={styles['list']} aria-busy={state.match.kind === 'loading'}>
          <Widening answer={answer} />
          <div ref={list} role="radiogroup" tabIndex={-1} aria-label="Specialists" className={styles['list']} onKeyDown={onKeyDown}>
            <Beside heading="Found by name" note="" cards={state.named.filter((card) => !listed.has(card.entryId))} render={cards} />
            {cards(shown)}
            <Beside
              heading="Closer, out of network"
              note="No estimate of the cost. Ask the practice."
              cards={answer.outOfNetwork.cards}
              render={cards}
            />
            <Beside
              heading="Network unknown: call to confirm"
              note={`${answer.networkUnknown.count} in this circle; never listed among those in network.`}
              cards={answer.networkUnknown.cards.slice(0, FIRST)}
              render={cards}
            />
          </div>
          <Alternates desk={desk} state={state} locked={locked} />
        </div>
      ) : null}
      {!locked && (answer || state.match.kind === 'failed') ? (
        <div className={styles['foot']}>
          {hidden > 0 && !expanded ? (
            <button
              type="button"
              className="link num"
              onClick={() => {
                setExpanded(true);
                if ((answer?.eligible ?? 0) > (answer?.ranked.length ?? 0)) void showMore(desk);
              }}
            >
              Show {hidden} more
            </button>
          ) : null}
          <button type="button" className="link" onClick={() => setDialog('someone-else')}>
            Someone else…
          </button>
          {decides(desk.session) ? (
            <button type="button" className="link" onClick={() => setDialog('nobody-fits')}>
              Nobody fits…
            </button>
          ) : null}
        </div>
      ) : null}
      <SomeoneElse desk={desk} opened={dialog === 'someone-else'} onClose={() => setDialog(undefined)} />
      <NobodyFits desk={desk} opened={dialog === 'nobody-fits'} onClose={() => setDialog(undefined)} />
    </section>
  );
}

type BesideProps = {
  heading: string;
  note: string;
  cards: readonly CardFacts[];
  render: (cards: readonly CardFacts[]) => React.ReactNode;
};

function Beside({ heading, note, cards, render }: BesideProps) {
  if (cards.length === 0) return null;
  return (
    <div className={styles['beside']}>
      <h3 className={styles['besideHeading']}>{heading}</h3>
      {note ? <p className="caption num">{note}</p> : null}
      {render(cards)}
    </div>
  );
}

function Widening({ answer }: { answer: NonNullable<ReturnType<typeof answerOf>> }) {
  const first = answer.steps[0];
  const unmeasured = answer.radiusMiles === null;
  return (
    <>
      {unmeasured ? <p className={styles['said']}>The chart has no address for the patient, so distance says nothing here.</p> : null}
      {answer.exception ? (
        <p className={styles['said']}>
          Nobody in network within {answer.exception.withinMiles} miles. A coordinator gets this referral as an exception.
        </p>
      ) : answer.steps.length > 1 && first ? (
        <p className={styles['said']}>
          Nobody eligible in network within {first.radiusMiles} miles, so the circle was widened to {answer.radiusMiles} miles.
        </p>
      ) : null}
    </>
  );
}
