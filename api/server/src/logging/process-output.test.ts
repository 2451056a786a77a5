import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const PLANTED = 'Zebulon Plantedname';

/** Runs the lines in a process whose output is guarded, and gives what it wrote. */
function run(lines: string): { status: number | null; text: string; log: Record<string, unknown>[] } {
  const script = `
    const { createLogger } = await import(${JSON.stringify(new URL('./log.ts', import.meta.url).href)});
    const { guardProcessOutput } = await import(${JSON.stringify(new URL('./process-output.ts', import.meta.url).href)});
    guardProcessOutput(createLogger());
    const planted = ${JSON.stringify(PLANTED)};
    const broken = Object.assign(new Error(planted), { code: '23505', detail: 'Key (name)=(' + planted + ') already exists.' });
    ${lines}`;
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script];
  const ended = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const text = ended.stdout + ended.stderr;
  return {
    status: ended.status,
    text,
    log: text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

test.each([
  ['an error that nobody caught', 'setTimeout(() => { throw broken; });', 'uncaughtException'],
  ['a promise that nobody waited for', 'void Promise.reject(broken);', 'unhandledRejection'],
])('%s ends the process with 1 and is logged without its words', (_name, lines, route) => {
  const { status, text, log } = run(`${lines} setInterval(() => undefined, 1000);`);
  expect(status).toBe(1);
  expect(log).toEqual([expect.objectContaining({ msg: 'failure', route, error: 'Error', code: '23505' })]);
  expect(text).not.toContain('Zebulon');
});

test('what a library prints is counted, not kept', () => {
  const { status, text, log } = run(
    'console.log(planted); console.error(broken); console.info({ planted }); process.emitWarning(planted, { code: "PLANTED" });',
  );
  expect(status).toBe(0);
  expect(log.map(({ msg }) => msg)).toEqual([...Array.from({ length: 3 }, () => expect.stringContaining('not kept')), 'failure']);
  expect(log.at(-1)).toMatchObject({ route: 'node warning', code: 'PLANTED' });
  expect(text).not.toContain('Zebulon');
});
