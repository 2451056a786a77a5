/** `npm run check [-- --no-tests]`: types, lint, format, then the tests (the architecture test among them). */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const asked = process.argv.slice(2);
const unknown = asked.find((option) => option !== '--no-tests');
if (unknown !== undefined) {
  process.stderr.write(`${unknown}: there is no such option.\nUsage: npm run check [-- --no-tests]\n`);
  process.exit(2);
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);
const projects = ['api/domain', 'analytics', 'api/server', 'launch', 'smart-app', 'test', 'tools'];

const steps: [string, string, string[]][] = [
  ...projects.map((project): [string, string, string[]] => [`types of ${project}`, bin('tsc'), ['-p', project]]),
  ['lint', bin('oxlint'), ['--type-aware']],
  ['format', bin('biome'), ['check', '.']],
  ...(asked.includes('--no-tests')
    ? []
    : ([['tests', process.execPath, [join(root, 'tools', 'test.ts')]]] as [string, string, string[]][])),
];

let failed = 0;
for (const [name, command, args] of steps) {
  process.stderr.write(`— ${name}\n`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    failed += 1;
    process.stderr.write(`${name}: failed\n`);
  }
}
process.stderr.write(failed === 0 ? 'check: all good\n' : `check: ${failed} step(s) failed\n`);
process.exit(failed === 0 ? 0 : 1);
