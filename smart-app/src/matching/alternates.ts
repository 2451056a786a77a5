/** Who may be asked too beside the chosen specialist: the next in network of the ranked, a few of them to tick. */
import { MOST_ALTERNATES } from '@refloop/domain/referral/event';
import type { MatchAnswer } from '@refloop/server/client/match';

type CardFacts = MatchAnswer['ranked'][number];
/** Of the desk, what is asked for here. */
export type Ticking = {
  choice: { entryId: string | null };
  alternates: readonly string[];
  match: { answer?: MatchAnswer | undefined } | { kind: string };
  /** Shown besides the list, among them who was found by name. */
  more: readonly CardFacts[];
  named: readonly CardFacts[];
};

const MOST_SHOWN = 4;

const answerIn = ({ match }: Ticking): MatchAnswer | undefined => ('answer' in match ? match.answer : undefined);

/** Who is chosen, from whichever list: one who was found by name, or is not in network here, may be ranked at another place. */
function npiOf(state: Ticking, entryId: string): string | undefined {
  const answer = answerIn(state);
  const lists = [answer?.ranked, answer?.networkUnknown.cards, answer?.outOfNetwork.cards, state.more, state.named];
  return lists.flatMap((cards) => cards ?? []).find((card) => card.entryId === entryId)?.npi;
}

/** In the order of the ranking, each person once; nobody while none is chosen. */
export function offeredIn(state: Ticking): CardFacts[] {
  const ranked = answerIn(state)?.ranked ?? [];
  const { entryId } = state.choice;
  if (entryId === null) return [];
  const seen = new Set([npiOf(state, entryId)]);
  const others = ranked.filter((card) => {
    const counts = card.entryId !== entryId && card.network.status === 'in' && !seen.has(card.npi);
    seen.add(card.npi);
    return counts;
  });
  return others.slice(0, MOST_SHOWN);
}

/** A tick for somebody who is chosen by now, or no longer listed, is none. */
export const tickedIn = (state: Ticking): string[] =>
  offeredIn(state)
    .map((card) => card.entryId)
    .filter((entryId) => state.alternates.includes(entryId))
    .slice(0, MOST_ALTERNATES);

/** The ticks after this one was set or taken away. */
export function toggled(state: Ticking, entryId: string): string[] {
  const ticked = tickedIn(state);
  if (ticked.includes(entryId)) return ticked.filter((each) => each !== entryId);
  return ticked.length < MOST_ALTERNATES ? [...ticked, entryId] : ticked;
}
