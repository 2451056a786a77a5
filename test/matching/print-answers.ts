/** Answers every request of the city through the index and prints the bytes; a test runs it in several processes. */
import { SEED_V1 } from '@refloop/domain/matching/policies';
import { buildIndex } from '@refloop/server/matching/match-index';
import { cityDirectory, cityRequests } from './city.ts';

const index = buildIndex(cityDirectory(), 'city');
// The order of asking must not matter either: remembered verdicts and kept entries differ between the processes.
const order = process.argv[2] === 'backwards' ? [...cityRequests.keys()].reverse() : [...cityRequests.keys()];
const answers: string[] = [];
for (const at of order) {
  const request = cityRequests[at];
  if (request) answers[at] = JSON.stringify(index.match(request, SEED_V1));
}
process.stdout.write(answers.join('\n'));
