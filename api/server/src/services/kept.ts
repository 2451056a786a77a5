/** What is stored of a recommendation for good: inputs, answer and draft, exactly as they were. Encrypted by the store. */
import type { NoteDraft as DomainDraft } from '@refloop/domain/drafting/note';
import type { MatchAnswer } from '../client/match.ts';
import type { MakeRecommendation, Recommendation, WorkingCopy } from '../client/recommendation.ts';
import { asKept } from '../store/kept-json.ts';
import type { StoredRecommendation } from '../store/recommendations.ts';
import type { Json } from '../store/store.ts';
import { preparedOf, toldPrepared } from './prepared.ts';

export type Kept = {
  orderRef: string | null;
  orderVersion: string | null;
  input: MakeRecommendation;
  match: MatchAnswer;
  draft: DomainDraft;
  duplicates: Recommendation['duplicates'];
  redFlags: Recommendation['redFlags'];
  /** Absent in recommendations made before the chart was asked for it. */
  deceased?: Recommendation['deceased'];
  vagueReason: string | null;
};

/** Plain JSON in, plain JSON out: what was stored is what is read. */
export const toJson = (value: unknown): Json => asKept(value);

export const keptOf = (stored: Pick<StoredRecommendation, 'kept'>): Kept => stored.kept as unknown as Kept;
/** One that was kept before others could be approved too names none. */
export const workingOf = (stored: Pick<StoredRecommendation, 'working'>): WorkingCopy => ({
  alternates: [],
  ...(stored.working as unknown as Omit<WorkingCopy, 'alternates'>),
});

/** Who is chosen so far, by name; null where nobody is, or somebody outside of the lists. */
export function chosenNameOf(stored: StoredRecommendation): string | null {
  const { match } = keptOf(stored);
  const { chosen } = workingOf(stored);
  const cards = [...match.ranked, ...match.networkUnknown.cards, ...match.outOfNetwork.cards];
  return cards.find((card) => card.entryId === chosen)?.name ?? null;
}

const WITHHELD_WORDS: Record<DomainDraft['withheld'][number]['why'], string> = {
  'substance-use-part-2': 'substance-use records (42 CFR Part 2)',
  restricted: 'records marked restricted',
  psychotherapy: 'psychotherapy notes',
  adolescent: 'confidential care of a minor',
  'entered-in-error': 'records entered in error',
};

/** The recommendation as the app gets it. What was withheld is counted and named by kind; nothing of it goes back out. */
export function recommendationOf(stored: StoredRecommendation): Recommendation {
  const kept = keptOf(stored);
  const { draft, input } = kept;
  return {
    id: stored.id,
    referralId: stored.referralId,
    status: stored.status,
    madeAt: stored.madeAt,
    orderRef: kept.orderRef,
    orderVersion: kept.orderVersion,
    request: input.request,
    writeBack: input.writeBack,
    match: kept.match,
    draft: {
      composer: draft.composer,
      sentences: draft.sentences.map((sentence) => ({ ...sentence, sources: sentence.sources.map((source) => ({ ...source })) })),
      sources: draft.sources.map((source) => ({ ...source })),
      checklist: draft.checklist.map((item) => ({ ...item })),
      withheld: { count: draft.withheld.length, why: [...new Set(draft.withheld.map(({ why }) => WITHHELD_WORDS[why]))].sort() },
      notSeen: [...draft.notSeen],
    },
    duplicates: kept.duplicates,
    redFlags: kept.redFlags,
    deceased: kept.deceased ?? null,
    vagueReason: kept.vagueReason,
    working: workingOf(stored),
    prepared: toldPrepared(preparedOf(stored)),
    revision: stored.revision,
  };
}
