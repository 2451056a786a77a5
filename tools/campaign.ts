import { runNamedWork } from './named-work.ts';

await runNamedWork('campaign', process.argv.slice(2));
