import { rmSync } from 'node:fs';

/** The state folder of this run goes when it ends; one that somebody named stays. */
export default function removeState(): void {
  const state = process.env['REFLOOP_STATE'];
  if (state?.includes('refloop-e2e-')) rmSync(state, { recursive: true, force: true });
}
