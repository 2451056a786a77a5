/** `npm run bench -- NAME` and `npm run campaign -- NAME`: long work that lives under test/, found by its name. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, say } from './environment.ts';

/** A bench or campaign: prints its progress on stderr and gives the last line, and whether all was well. */
export type NamedWork = (args: string[]) => Promise<{ lastLine: string; good: boolean }>;

export async function runNamedWork(kind: 'bench' | 'campaign', argv: string[]): Promise<never> {
  const folder = join(ROOT, 'test', kind);
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(`.${kind}.ts`))
    .map((file) => file.slice(0, -`.${kind}.ts`.length));
  const [name, ...args] = argv;
  if (!name || !names.includes(name)) {
    say(`Usage: npm run ${kind} -- NAME [options]; NAME is one of: ${names.join(', ')}`);
    process.exit(2);
  }
  process.on('SIGINT', () => process.exit(130));
  const work = (await import(pathToFileURL(join(folder, `${name}.${kind}.ts`)).href)) as { default: NamedWork };
  const { lastLine, good } = await work.default(args);
  process.stdout.write(`${lastLine}\n`);
  process.exit(good ? 0 : 1);
}
