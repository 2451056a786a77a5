/**
 * `npm run campaign -- mutants [--seed S] [--seeds N] [--referrals N] [--only I]`: takes each guard of test/simulation/mutants.ts away and lets
 * the simulation find it. Good where every one is found, by a rule that belongs to it.
 */
import { parseArgs } from 'node:util';
import { findMutant } from '../simulation/find-mutants.ts';
import { MUTANTS } from '../simulation/mutants.ts';

export default async function mutantsCampaign(args: string[]): Promise<{ lastLine: string; good: boolean }> {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string', default: '1' },
      seeds: { type: 'string', default: '40' },
      referrals: { type: 'string', default: '60' },
      only: { type: 'string' },
    },
  });
  const [from, seeds, referrals] = [Number(values.seed), Number(values.seeds), Number(values.referrals)];
  let [found, tried] = [0, 0];
  for (const [at, mutant] of MUTANTS.entries()) {
    if (values.only !== undefined && Number(values.only) !== at) continue;
    tried += 1;
    const { seed, rule, words } = await findMutant(mutant, at, { from, seeds, referrals });
    const good = seed !== null && mutant.told.includes(rule);
    if (good) found += 1;
    process.stderr.write(
      `${at} ${good ? 'found' : 'NOT FOUND'}: ${mutant.guard}: ${seed === null ? 'nothing' : `seed ${seed}, ${rule}: ${words}`}\n`,
    );
  }
  return { lastLine: `mutants: ${found} of ${tried} found`, good: found === tried };
}
