/** Judges labelled pairs by the rules, and counts how often they were right. */
import { type Agreement, compareIdentities } from '@refloop/domain/patient-match/compare';
import { type Estimate, estimateShares, weightsOf } from '@refloop/domain/patient-match/estimate';
import { comparedIdentity, type Identity } from '@refloop/domain/patient-match/identity';
import { matchPatient, type Thresholds } from '@refloop/domain/patient-match/match-patient';
import type { Weights } from '@refloop/domain/patient-match/weigh';
import { PAIR_KINDS, type Pair, type PairKind, pairsOf, type Written } from './people.ts';

const identityOf = (written: Written): Identity => written;

const agreementOf = (left: Written, right: Written): Agreement =>
  compareIdentities(comparedIdentity(identityOf(left)), comparedIdentity(identityOf(right)));

/** Without a look at which pairs are the same person. */
export function learnt(seed: number, count: number): Estimate {
  const pairs = pairsOf(seed, count, 'usual');
  const strangers = pairs.map(({ chart }, at) => agreementOf(chart, (pairs[(at + 7) % pairs.length] as Pair).document));
  return estimateShares(
    pairs.map(({ chart, document }) => agreementOf(chart, document)),
    strangers,
  );
}

export const learntWeights = (estimate: Estimate, id: string): Weights => ({ id, bits: weightsOf(estimate) });

export type Verdicts = Record<PairKind, { accepted: number; review: number; nobody: number }>;
export type Judged = { verdicts: Verdicts; byNumber: number; accepted: number; wrong: Pair[]; same: number; found: number; shown: number };

export function judgePairs(pairs: readonly Pair[], weights: Weights, thresholds: Thresholds): Judged {
  const verdicts = Object.fromEntries(PAIR_KINDS.map((kind) => [kind, { accepted: 0, review: 0, nobody: 0 }])) as Verdicts;
  const judged: Judged = { verdicts, byNumber: 0, accepted: 0, wrong: [], same: 0, found: 0, shown: 0 };
  for (const pair of pairs) {
    const match = matchPatient(identityOf(pair.document), [{ patientId: 'chart', identity: identityOf(pair.chart) }], {
      weights,
      thresholds,
    });
    verdicts[pair.kind][match.kind] += 1;
    if (match.kind === 'accepted') {
      judged.accepted += 1;
      if (match.by === 'record-number') judged.byNumber += 1;
      if (!pair.same) judged.wrong.push(pair);
    }
    if (pair.same) {
      judged.same += 1;
      if (match.kind === 'accepted') judged.found += 1;
      if (match.kind === 'review') judged.shown += 1;
    }
  }
  return judged;
}
