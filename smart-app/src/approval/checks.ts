/** What stands before Approve: what it waits for, and the checks the action bar shows. */
import { mayApprove } from '@refloop/domain/matching/override';
import type { NetworkStatus } from '@refloop/domain/network/directory';
import { type CardFacts, cardOf, type DeskState, notDrafted, recommendationOf } from '../refer/desk.ts';

export type Check = { id: 'network' | 'checklist' | 'duplicates'; tone: 'good' | 'warn' | 'unknown'; text: string };

const network = (card: CardFacts): NetworkStatus => card.network as NetworkStatus;

/** Whether approving this card needs a recorded reason that is not there yet. */
export const needsOverride = (card: CardFacts | undefined, state: Pick<DeskState, 'choice'>): boolean =>
  card !== undefined && !mayApprove({ network: network(card), override: state.choice.override }).ok;

/** Checklist items still missing that nobody marked as not needed. */
export const openItems = (state: DeskState) =>
  (recommendationOf(state)?.draft.checklist ?? []).filter(
    (item) =>
      (item.status.kind === 'missing' || item.status.kind === 'too-old') &&
      item.requirement === 'required' &&
      !state.notNeeded.some((each) => each.itemId === item.itemId),
  );

export function checksOf(state: DeskState): Check[] {
  const checks: Check[] = [];
  const card = cardOf(state, state.choice.entryId);
  if (card) {
    const { status } = card.network;
    checks.push(
      status === 'in'
        ? { id: 'network', tone: 'good', text: 'In network' }
        : status === 'out'
          ? { id: 'network', tone: 'warn', text: 'Out of network' }
          : { id: 'network', tone: 'unknown', text: 'Network unknown' },
    );
  }
  const recommendation = recommendationOf(state);
  if (recommendation) {
    const missing = openItems(state);
    checks.push(
      missing.length === 0
        ? { id: 'checklist', tone: 'good', text: 'Required items found' }
        : {
            id: 'checklist',
            tone: 'warn',
            text: missing.length === 1 ? `Missing: ${missing[0]?.label}` : `${missing.length} required items missing`,
          },
    );
    checks.push(
      recommendation.duplicates.length === 0
        ? { id: 'duplicates', tone: 'good', text: 'No duplicate found' }
        : { id: 'duplicates', tone: 'warn', text: 'Possible duplicate' },
    );
  }
  return checks;
}

/** Why Approve cannot act yet, in one sentence; undefined when it can. */
export function waitsFor(state: DeskState): string | undefined {
  if (state.request.specialty === null) return 'Choose a specialty first.';
  if (state.request.reasonText.trim() === '' && state.request.reasonCodes.length === 0) return 'Say the reason for the referral first.';
  if (state.draft.kind === 'none' || state.draft.kind === 'reading-chart') return 'Waiting for the chart to be read.';
  if (state.draft.kind === 'drafting') return 'Waiting for the note to be drafted.';
  if (state.draft.kind === 'failed') return notDrafted(state.draft);
  if (state.draft.outdated) return 'Waiting for the note to follow your change.';
  const { recommendation } = state.draft;
  if (recommendation.status !== 'PENDING_REVIEW') return 'This recommendation has already been decided.';
  if (state.patient.deceased && !state.deathConsidered) return 'Say first whether the referral is still meant.';
  if (state.redFlags.length > 0 && !state.emergencyConsidered) return 'Answer the question about the emergency department first.';
  const card = cardOf(state, state.choice.entryId);
  if (!card) return 'Choose a specialist first.';
  if (needsOverride(card, state)) return 'Give a reason for a specialist who is not known to be in network.';
  const unsourced = state.sentences.find((sentence) => sentence.author !== 'clinician' && sentence.sources.length === 0);
  if (unsourced) return 'A sentence of the note has no source. Edit it to make it yours, or remove it.';
  if (state.sentences.length === 0) return 'The note is empty. Restore or write at least one sentence.';
  if (state.save.kind === 'conflict') return 'Choose which version of the draft to keep.';
  return undefined;
}
