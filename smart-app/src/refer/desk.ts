/** Everything one launch holds for the Refer screen. One desk a launch, in memory only, wiped when the session ends. */

import type { EhrPort, Resource } from '@refloop/domain/fhir/ehr-port';
import type { CoverageFacts } from '@refloop/domain/request/coverage-facts';
import type { OrderFacts } from '@refloop/domain/request/order-facts';
import type { PatientFacts } from '@refloop/domain/request/patient-facts';
import type { MatchAnswer } from '@refloop/server/client/match';
import type { Signer } from '@refloop/server/client/pend';
import type { OpenWork, Recommendation, Sentence, WorkingCopy, WriteBack } from '@refloop/server/client/recommendation';
import type { Session } from '@refloop/server/client/session';
import type { ApprovalState } from '../approval/approval-state.ts';
import { tickedIn } from '../matching/alternates.ts';
import type { Api } from '../session/api.ts';
import type { Failure } from '../session/failure.ts';
import type { LaunchContext } from '../session/launch-context.ts';
import type { Store } from '../ui/store.ts';
import type { RequestForm } from './request-form.ts';

export type CardFacts = MatchAnswer['ranked'][number];

/** The list on screen; the last good answer stays while a newer one is on its way. */
export type MatchState =
  | { kind: 'no-specialty' }
  | { kind: 'loading'; answer: MatchAnswer | undefined }
  | { kind: 'ready'; answer: MatchAnswer }
  | { kind: 'failed'; text: string; answer: MatchAnswer | undefined };

/** The stored recommendation with its note. `outdated`: the request was changed after it. */
export type DraftState =
  | { kind: 'none' }
  | { kind: 'reading-chart' }
  | { kind: 'drafting'; previous: Recommendation | undefined }
  | { kind: 'ready'; recommendation: Recommendation; outdated: boolean }
  /**
   * `decided`: the order was approved already, so that nothing is drafted from it again. `referralId`: that referral, where this person may read
   * how it stands.
   */
  | { kind: 'failed'; text: string; decided: boolean; referralId?: string | undefined; previous: Recommendation | undefined };

export type SaveState =
  | { kind: 'saved' }
  | { kind: 'unsaved' }
  | { kind: 'saving' }
  /** The server does not answer: kept in this page and tried again by itself. */
  | { kind: 'kept-here' }
  /** Another window saved the same draft. */
  | { kind: 'conflict'; theirs: Recommendation }
  | { kind: 'refused'; text: string };

export type Choice = { entryId: string | null; byPerson: boolean; override: WorkingCopy['overrideReason'] };

export type DeskState = {
  patient: PatientFacts;
  coverages: CoverageFacts[];
  /** The launched order as last read; null when none was launched. */
  order: Resource | null;
  orderFacts: OrderFacts | null;
  writeBack: WriteBack;
  request: RequestForm;
  match: MatchState;
  /** Cards beyond the recommendation's own: more of the ranked, and those found by name. */
  more: CardFacts[];
  named: CardFacts[];
  draft: DraftState;
  choice: Choice;
  /** Who may be asked too, by their entries, as ticked: of these count who can be ticked now. */
  alternates: string[];
  sentences: Sentence[];
  notNeeded: WorkingCopy['notNeeded'];
  /** Found in the order's own words before anything is ranked, then by the server for the request as recorded. */
  redFlags: readonly { found: string; sentence: string }[];
  emergencyConsidered: boolean;
  deathConsidered: boolean;
  /** A preparer has read that the clinician is to be told; it is no answer to the question. */
  emergencyTold: boolean;
  revision: number;
  save: SaveState;
  openWork: OpenWork;
  /** False until the clinician decided about the open work found at launch; until then no new recommendation is made. */
  openWorkDecided: boolean;
  /** What waits for a signature on this order and is knowingly set aside by the referral begun here. */
  insteadOf: string | undefined;
  /** To whom this preparer may send; undefined while not known. */
  signers: readonly Signer[] | undefined;
  chart: { resources: Resource[]; notSeen: string[] } | undefined;
  approval: ApprovalState;
  /** One sentence for the status line; announced to screen readers. */
  notice: string;
};

export type Desk = {
  store: Store<DeskState>;
  api: Api;
  ehr: EhrPort;
  context: LaunchContext;
  session: Session;
  patientId: string;
  statement: Resource | undefined;
  /** Patient, coverages and order as read at launch: part of the chart that the note rests on. */
  headResources: readonly Resource[];
  /** Ends everything: the page shows the failure and the desk's data is dropped. */
  fail(failure: Failure): void;
};

/** Why there is no note; of an order that was approved already nothing is wrong. */
export const notDrafted = ({ text, decided }: Extract<DraftState, { kind: 'failed' }>): string =>
  decided ? text : `The note could not be drafted. ${text}`;

/** Whether this was approved, here or by somebody else: nothing is left to approve. */
export const isDecided = ({ draft }: Pick<DeskState, 'draft'>): boolean =>
  draft.kind === 'failed' ? draft.decided : draft.kind === 'ready' && draft.recommendation.status === 'APPROVED';

export function workingCopy(state: DeskState): WorkingCopy {
  return {
    chosen: state.choice.entryId,
    alternates: tickedIn(state),
    overrideReason: state.choice.override,
    sentences: state.sentences,
    notNeeded: state.notNeeded,
    emergencyDepartmentConsidered: state.emergencyConsidered,
    deathConsidered: state.deathConsidered,
  };
}

export const recommendationOf = (state: DeskState): Recommendation | undefined =>
  state.draft.kind === 'ready' ? state.draft.recommendation : 'previous' in state.draft ? state.draft.previous : undefined;

/** Who prepared it for another to sign, and with whom it lies; null where it is this person's own. */
export const preparedOf = (state: DeskState): Recommendation['prepared'] => recommendationOf(state)?.prepared ?? null;

export function answerOf(state: DeskState): MatchAnswer | undefined {
  return 'answer' in state.match ? state.match.answer : undefined;
}

/** Every card the clinician could choose, by entry. */
export function cardOf(state: DeskState, entryId: string | null): CardFacts | undefined {
  if (entryId === null) return undefined;
  const answer = answerOf(state);
  const lists = [answer?.ranked ?? [], answer?.networkUnknown.cards ?? [], answer?.outOfNetwork.cards ?? [], state.more, state.named];
  return lists.flat().find((card) => card.entryId === entryId);
}
