// The first thing any command runs: plain JavaScript for whatever Node the machine has (20 or newer),
// no dependency. It installs the workspace when the lock file or a manifest changed, then hands over
// to the same command in TypeScript under the Node that came with the install.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PNPM = 'pnpm@10.34.9';
const MANIFESTS = [
  'package.json',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'api/domain/package.json',
  'api/server/package.json',
  'analytics/package.json',
  'launch/package.json',
  'smart-app/package.json',
  'test/package.json',
];

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const say = (line) => process.stderr.write(`${line}\n`);

function installStamp() {
  const hash = createHash('sha256');
  for (const file of MANIFESTS) hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** Two commands started together must not install into the same folder: the second waits for the first. */
async function withInstallLock(work) {
  const lock = join(root, 'node_modules', '.refloop-installing');
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  for (let waited = 0; ; waited += 1) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch {
      const holder = Number(readFileSync(lock, 'utf8') || '0');
      let alive = false;
      try {
        process.kill(holder, 0);
        alive = holder > 0;
      } catch (error) {
        alive = error.code === 'EPERM';
      }
      if (!alive) rmSync(lock, { force: true });
      else if (waited === 0) say('Another command is installing packages; waiting for it.');
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  try {
    await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

async function install() {
  const stampFile = join(root, 'node_modules', '.refloop-stamp');
  const current = () => existsSync(stampFile) && readFileSync(stampFile, 'utf8') === installStamp();
  if (current()) return;
  await withInstallLock(async () => {
    if (current()) return;
    say('Installing packages (first start, or the lock file changed); this takes about half a minute …');
    const result = spawnSync('npx', ['--yes', PNPM, 'install', '--frozen-lockfile', '--reporter=append-only'], {
      cwd: root,
      stdio: ['ignore', 2, 2],
      env: { ...process.env, CI: 'true' },
    });
    if (result.error || result.status !== 0) {
      say(`Installing packages failed${result.error ? `: ${result.error.message}` : ''}. The lines above say why; nothing was started.`);
      process.exit(1);
    }
    writeFileSync(stampFile, installStamp());
  });
}

function installedNode() {
  const bundled = join(root, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');
  if (process.platform === 'linux' && existsSync(bundled)) return bundled;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  say(
    `Refloop needs Node 22.18 or newer here (found ${process.versions.node}); no Node came with the install for ${process.platform}-${process.arch}.`,
  );
  process.exit(1);
}

const [command, ...rest] = process.argv.slice(2);
const script = join(root, 'tools', `${command}.ts`);
if (!command || !existsSync(script)) {
  say(`Unknown command "${command ?? ''}".`);
  process.exit(2);
}
/** What lives for one transaction alone is swept up less often: a simulation makes more of that than of anything else. */
const FLAGS = { simulate: ['--max-semi-space-size=64'] };

await install();
const child = spawn(installedNode(), ['--disable-warning=ExperimentalWarning', ...(FLAGS[command] ?? []), script, ...rest], {
  cwd: root,
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});
// The terminal signals the whole group; a signal sent to this process alone is passed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
