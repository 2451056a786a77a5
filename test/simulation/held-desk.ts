/** The queue of what came in and is held: somebody looks through it, asks whose each is, and places it or sets it aside. */
import type { HeldList } from '@refloop/server/client/inbound';
import { createLife } from './life.ts';
import type { Notes } from './notes.ts';
import { type Practice, sessionOf } from './practice.ts';
import type { World } from './world.ts';

export async function workHeldQueue(world: World, practice: Practice, notes: Notes): Promise<void> {
  const life = createLife();
  const session = sessionOf(practice, world.draws.pick(practice.coordinators), world.now());
  const listed = await world.server.ask<HeldList>(life, ({ held }, now) => held.list(session, now));
  if (listed.kind !== 'ok') return;
  for (const { id, isPdf, patients } of listed.value.documents) {
    const truth = notes.truthOfDocument(id);
    const choices = patients.flatMap(({ referrals, differs }) => referrals.map((referral) => ({ ...referral, differs })));
    const theirs = choices.find(
      ({ referralId }) =>
        world.watch.book(practice.scope, referralId)?.patientId === truth?.patientId && truth?.tenant === practice.scope.tenant,
    );
    const form = isPdf && world.draws.chance(0.1) ? ('interim' as const) : ('final' as const);
    if (!theirs) {
      await world.server.ask(life, ({ held }, now) => held.setAside(session, id, 'Of nobody who is asked for here', now));
      continue;
    }
    const { referralId, attempt, differs } = theirs;
    const reason = differs.length > 0 ? 'Asked at the office' : '';
    // Two of them have it open: each places it.
    for (let times = world.faults.strikes('staff', 0.1) ? 2 : 1; times > 0; times -= 1)
      await world.server.ask(life, ({ held }, now) => held.place(session, id, { referralId, attempt, form, reason }, now));
  }
}
