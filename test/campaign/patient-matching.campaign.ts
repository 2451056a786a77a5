/**
 * `npm run campaign -- patient-matching --seed S [--pairs N] [--seeds K] [--train]`: N pairs (20,000) of each of K seeds (1) from S on, judged by
 * the weights in service. Good where nobody was taken for somebody else and at least 3,000 were accepted. With `--train` it prints weights learnt
 * from seed S, without labels, in place of judging.
 */
import { parseArgs } from 'node:util';
import { wilson } from '@refloop/analytics/statistics/wilson';
import { THRESHOLDS } from '@refloop/domain/patient-match/match-patient';
import { WEIGHTS } from '@refloop/domain/patient-match/weights';
import { type Judged, judgePairs, learnt, learntWeights } from '../patient-match/judge-pairs.ts';
import { PAIR_KINDS, pairsOf } from '../patient-match/people.ts';

const LEAST_ACCEPTED = 3000;
const percent = (share: number): string => `${(100 * share).toFixed(2)}%`;

/** With the bounds of 95% (Wilson). */
function shareOf(count: number, of: number): string {
  const { low, high } = wilson(count, of);
  return `${count} of ${of}, ${percent(count / of)} [${percent(low)}, ${percent(high)}]`;
}

function tell(seed: number, { verdicts, wrong }: Judged): void {
  for (const kind of PAIR_KINDS) {
    const { accepted, review, nobody } = verdicts[kind];
    process.stderr.write(`seed ${seed}, ${kind}: ${accepted} accepted, ${review} to a person, ${nobody} nobody’s\n`);
  }
  for (const pair of wrong) process.stderr.write(`wrong (${pair.kind}): ${JSON.stringify(pair)}\n`);
}

function train(seed: number, pairs: number): { lastLine: string; good: boolean } {
  const estimate = learnt(seed, pairs);
  const rounded = JSON.stringify(learntWeights(estimate, WEIGHTS.id), (_, value: unknown) =>
    typeof value === 'number' ? Number(value.toFixed(3)) : value,
  );
  process.stderr.write(`share of matches ${estimate.matches.toFixed(4)}, ${estimate.rounds} rounds\n`);
  return { lastLine: rounded, good: true };
}

export default async function patientMatchingCampaign(args: string[]): Promise<{ lastLine: string; good: boolean }> {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string', default: '2' },
      pairs: { type: 'string', default: '20000' },
      seeds: { type: 'string', default: '1' },
      train: { type: 'boolean', default: false },
    },
  });
  const [seed, pairs, seeds] = [Number(values.seed), Number(values.pairs), Number(values.seeds)];
  if (![seed, pairs, seeds].every(Number.isInteger) || pairs < 1 || seeds < 1)
    return { lastLine: 'patient-matching: --seed, --pairs and --seeds take whole numbers', good: false };
  if (values.train) return train(seed, pairs);
  let [accepted, byNumber, wrong, same, found, shown] = [0, 0, 0, 0, 0, 0];
  for (let each = seed; each < seed + seeds; each += 1) {
    const judged = judgePairs(pairsOf(each, pairs, 'hard'), WEIGHTS, THRESHOLDS);
    tell(each, judged);
    accepted += judged.accepted;
    byNumber += judged.byNumber;
    wrong += judged.wrong.length;
    same += judged.same;
    found += judged.found;
    shown += judged.shown;
  }
  return {
    lastLine: `patient-matching: ${pairs * seeds} pairs, ${wrong} wrong in ${accepted} accepted (${byNumber} by record number); recall ${shareOf(found, same)}, a person is shown another ${shareOf(shown, same)}; ${WEIGHTS.id}, accept from ${THRESHOLDS.accept.toFixed(1)} bits, show from ${THRESHOLDS.review.toFixed(1)}, seeds ${seed} to ${seed + seeds - 1}`,
    good: wrong === 0 && accepted >= Math.min(LEAST_ACCEPTED, Math.floor(pairs * seeds * 0.15)),
  };
}
