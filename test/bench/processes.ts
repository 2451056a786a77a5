/** What each process of the product has used so far, as the kernel counts it (Linux, /proc). */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

export type Part = 'Refloop' | 'sandbox EHR' | 'PostgreSQL for Refloop' | 'PostgreSQL for the EHR' | 'PostgreSQL itself' | 'npm start';

/** CPU in seconds; memory in bytes, what is shared counted by its share. */
export type Used = { cpu: number; memory: number };

/** Clock ticks a second in /proc, fixed at 100 for programs whatever the kernel's own (proc_pid_stat(5), sysconf(3)). */
const TICKS = 100;

type Process = { pid: number; parent: number; ticks: number; endedChildrenTicks: number };

const text = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It has ended since it was listed, or is another user's.
    return '';
  }
};

function processOf(pid: number): Process | undefined {
  // The name in parentheses may hold spaces; what follows it does not.
  const fields = text(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  if (fields.length < 15) return undefined;
  const number = (at: number): number => Number(fields[at] ?? 0);
  return { pid, parent: number(1), ticks: number(11) + number(12), endedChildrenTicks: number(13) + number(14) };
}

const everyProcess = (): Process[] => readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (processOf(Number(name)) ?? []) : []));

function partOf(pid: number): Part {
  const command = text(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
  if (command.includes('api/server/src/main.ts')) return 'Refloop';
  if (command.includes('launch/src/main.ts')) return 'sandbox EHR';
  if (/^postgres: \S+ refloop /.test(command)) return 'PostgreSQL for Refloop';
  if (/^postgres: \S+ sandbox_ehr /.test(command)) return 'PostgreSQL for the EHR';
  return command.includes('postgres') && !command.includes('tools/start.ts') ? 'PostgreSQL itself' : 'npm start';
}

function memoryOf(pid: number): number {
  const [, shared] = /^Pss:\s+(\d+) kB/m.exec(text(`/proc/${pid}/smaps_rollup`)) ?? [];
  const [, resident] = /^VmRSS:\s+(\d+) kB/m.exec(text(`/proc/${pid}/status`)) ?? [];
  return Number(shared ?? resident ?? 0) * 1024;
}

/** Of the process and all that came of it. What a connection used that has ended counts as PostgreSQL's own. */
export function usedBy(root: number): Map<Part, Used> {
  const all = everyProcess();
  const childrenOf = Map.groupBy(all, ({ parent }) => parent);
  const used = new Map<Part, Used>();
  const add = (process: Process): void => {
    const part = partOf(process.pid);
    const before = used.get(part) ?? { cpu: 0, memory: 0 };
    const ended = part === 'PostgreSQL itself' ? process.endedChildrenTicks : 0;
    used.set(part, { cpu: before.cpu + (process.ticks + ended) / TICKS, memory: before.memory + memoryOf(process.pid) });
    for (const child of childrenOf.get(process.pid) ?? []) add(child);
  };
  for (const process of all) if (process.pid === root) add(process);
  return used;
}

/** The processes of this part, the process itself and all that came of it. */
function processesOf(root: number, part: Part): number[] {
  const childrenOf = Map.groupBy(everyProcess(), ({ parent }) => parent);
  const below = (pid: number): number[] => [pid, ...(childrenOf.get(pid) ?? []).flatMap((child) => below(child.pid))];
  return below(root).filter((pid) => partOf(pid) === part);
}

/** Lets the kernel count the peak from here on (proc_pid_clear_refs(5): 5 resets the peak resident set size). */
export function forgetPeak(root: number, part: Part): void {
  for (const pid of processesOf(root, part)) writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** The most memory it had resident at once since it began or was made to forget, in bytes, as the kernel keeps it. */
export const peakMemory = (root: number, part: Part): number =>
  processesOf(root, part).reduce((sum, pid) => sum + Number(/^VmHWM:\s+(\d+) kB/m.exec(text(`/proc/${pid}/status`))?.[1] ?? 0) * 1024, 0);

/** CPU seconds that the whole machine has spent on anything since it started, all cores together (proc_stat(5)). */
export function machineCpu(): number {
  const [user, nice, system, , , irq, softirq, steal] = (/^cpu +(.*)$/m.exec(text('/proc/stat'))?.[1] ?? '').split(' ').map(Number);
  return [user, nice, system, irq, softirq, steal].reduce((sum: number, ticks) => sum + (ticks ?? 0), 0) / TICKS;
}

/** CPU seconds of each part between the two. */
export const cpuBetween = (before: ReadonlyMap<Part, Used>, after: ReadonlyMap<Part, Used>): Map<Part, number> =>
  new Map([...after].map(([part, { cpu }]) => [part, cpu - (before.get(part)?.cpu ?? 0)]));
