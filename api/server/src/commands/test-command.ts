/** For tests: one of the commands as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export type CommandEnd = { code: number | null; signal: NodeJS.Signals | null; output: string; errors: string };

export type RunningCommand = {
  child: ChildProcess;
  /** What it has written to stderr so far. */
  errors: () => string;
  ended: Promise<CommandEnd>;
};

/** @param name the file's name in this folder, without its ending */
export function startCommand(name: string, args: string[], environment: Record<string, string>): RunningCommand {
  const script = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], ...environment },
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const ended = new Promise<CommandEnd>((done, failed) => {
    child.once('error', failed);
    child.once('close', (code, signal) => done({ code, signal, output, errors }));
  });
  return { child, errors: () => errors, ended };
}

export const runCommand = (name: string, args: string[], environment: Record<string, string>): Promise<CommandEnd> =>
  startCommand(name, args, environment).ended;
