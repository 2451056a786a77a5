import { runSeed } from './run-seed.ts';
const [seed, n, count] = process.argv.slice(2).map(Number);
for (let s = seed!; s < seed! + (count ?? 1); s++) {
const t = process.cpuUsage();
const run = await runSeed(s, n!);
const u = process.cpuUsage(t);
console.log(run.seed, run.referrals, run.events, run.faults, [...run.byFault], [...run.byStatus], run.violations.slice(0, 3), run.digest.slice(0, 8), ((u.user + u.system) / 1e3 / n!).toFixed(2), 'ms per referral');
if (run.violations.length) { console.log(run.trail.slice(-25).join('\n')); if (count) break; }
}
