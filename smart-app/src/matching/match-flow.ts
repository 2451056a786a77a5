/** Keeps the list in step with the request: every change asks again, only the newest answer counts. */
import type { MatchAnswer } from '@refloop/server/client/match';
import { answerOf, type CardFacts, cardOf, type Desk, type DeskState } from '../refer/desk.ts';
import { matchInput } from '../refer/request-form.ts';
import { failureText } from '../session/api.ts';

const asked = new WeakMap<Desk, number>();

/** The first card is preselected as a suggestion; a person's choice stays as long as it can be chosen. */
export function choiceAfter(state: DeskState, answer: MatchAnswer): DeskState['choice'] {
  const { choice } = state;
  const there = cardOf({ ...state, match: { kind: 'ready', answer } }, choice.entryId);
  if (choice.byPerson && there) return choice;
  return { entryId: answer.ranked[0]?.entryId ?? null, byPerson: false, override: null };
}

export async function askMatch(desk: Desk): Promise<void> {
  const { store, api } = desk;
  const number = (asked.get(desk) ?? 0) + 1;
  asked.set(desk, number);
  const { request, patient, coverages } = store.get();
  const input = matchInput(request, patient, coverages);
  if (!input) {
    store.set({ match: { kind: 'no-specialty' }, more: [], named: [], choice: { entryId: null, byPerson: false, override: null } });
    return;
  }
  store.set((state) => ({ match: { kind: 'loading', answer: answerOf(state) } }));
  const answered = await api.call<MatchAnswer>('/match', { method: 'POST', body: input });
  if (asked.get(desk) !== number) return;
  if (!answered.ok) {
    if (answered.refusal.kind === 'session-ended') desk.fail(answered.refusal);
    else store.set((state) => ({ match: { kind: 'failed', text: failureText(answered.refusal), answer: answerOf(state) } }));
    return;
  }
  store.set((state) => ({
    match: { kind: 'ready', answer: answered.value },
    more: [],
    choice: choiceAfter({ ...state, more: [] }, answered.value),
  }));
}

/** R9: at most this many are fetched for "Show more". */
const MOST_CARDS = 100;

export async function showMore(desk: Desk): Promise<void> {
  const { request, patient, coverages } = desk.store.get();
  const input = matchInput(request, patient, coverages, MOST_CARDS);
  if (!input) return;
  const number = asked.get(desk);
  const answered = await desk.api.call<MatchAnswer>('/match', { method: 'POST', body: input });
  if (asked.get(desk) !== number) return;
  if (!answered.ok) {
    desk.store.set({ notice: `More could not be shown. ${failureText(answered.refusal)}` });
    return;
  }
  desk.store.set((state) => {
    const shown = new Set(answerOf(state)?.ranked.map((card) => card.entryId));
    return { more: answered.value.ranked.filter((card) => !shown.has(card.entryId)) };
  });
}

/** R29: specialists by name, whatever their network; what the directory knows of them is on the card. */
export async function searchByName(desk: Desk, text: string): Promise<{ total: number; cards: CardFacts[] } | { refused: string }> {
  const { request, patient, coverages } = desk.store.get();
  const match = matchInput(request, patient, coverages);
  if (!match) return { refused: 'Choose a specialty first.' };
  const answered = await desk.api.call<{ total: number; cards: CardFacts[] }>('/directory/search', {
    method: 'POST',
    body: { text, match },
  });
  return answered.ok ? answered.value : { refused: failureText(answered.refusal) };
}

export function choose(desk: Desk, entryId: string): void {
  desk.store.set((state) => ({
    choice: state.choice.entryId === entryId ? { ...state.choice, byPerson: true } : { entryId, byPerson: true, override: null },
  }));
}

export function chooseNamed(desk: Desk, card: CardFacts): void {
  desk.store.set((state) => ({ named: [card, ...state.named.filter((each) => each.entryId !== card.entryId)] }));
  choose(desk, card.entryId);
}
