import { runNamedWork } from './named-work.ts';

await runNamedWork('bench', process.argv.slice(2));
