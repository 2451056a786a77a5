/**
 * The queue of what came in and is held: somebody looks through it, asks whose each is, and places it or sets it aside; at times with a wrong patient,
 * and at times before they say how they know.
 */
import type { HeldList } from '@refloop/server/client/inbound';
import { isOpenByBook } from './book.ts';
import { createLife } from './life.ts';
import { type Practice, sessionOf } from './practice.ts';
import type { World } from './world.ts';

type Place = { referralId: string; attempt: number };

/** Somebody else's, whom the practice has asked for too. */
function wrongPlace(world: World, { scope }: Practice, patientId: string | null | undefined): Place | undefined {
  const now = world.now();
  const others = world.watch
    .books()
    .filter((book) => world.watch.book(scope, book.referralId) === book && book.patientId !== patientId && book.attempts.length > 0)
    .filter((book) => book.order === 'active' && isOpenByBook(book, now));
  if (others.length === 0) return undefined;
  const { referralId, attempts } = world.draws.pick(others);
  return { referralId, attempt: attempts.length };
}

export async function workHeldQueue(world: World, practice: Practice): Promise<void> {
  const { draws, notes, watch, misfilings } = world;
  const life = createLife();
  const session = sessionOf(practice, draws.pick(practice.coordinators), world.now());
  const listed = await world.server.ask<HeldList>(life, ({ held }, now) => held.list(session, now));
  if (listed.kind !== 'ok') return;
  for (const { id, isPdf, patients } of listed.value.documents) {
    const stored = await world.store.transaction(practice.scope, (unit) => unit.inboundDocuments.get(id));
    const truth = notes.truthOfFile(stored?.sha256 ?? '');
    const choices = patients.flatMap(({ referrals, doubts }) => referrals.map((referral) => ({ ...referral, doubts })));
    const theirs = choices.find(
      ({ referralId }) => watch.book(practice.scope, referralId)?.patientId === truth?.patientId && truth?.tenant === practice.scope.tenant,
    );
    const form = isPdf && draws.chance(0.1) ? ('interim' as const) : ('final' as const);
    const wrong = draws.chance(0.12) ? wrongPlace(world, practice, truth?.patientId) : undefined;
    const takeBack = wrong ? [notes.mistaken(id), misfilings.misplaced(practice, id)] : [];
    const place = wrong ?? theirs;
    if (!place) {
      await world.server.ask(life, ({ held }, now) => held.setAside(session, id, 'Of nobody who is asked for here', now));
      continue;
    }
    const { referralId, attempt } = place;
    const press = async (reason: string) =>
      (await world.server.ask(life, ({ held }, now) => held.place(session, id, { referralId, attempt, form, reason }, now))).kind;
    const isReasonOwed = wrong !== undefined || (theirs?.doubts.length ?? 0) > 0;
    const answers: Awaited<ReturnType<typeof press>>[] = [];
    if (isReasonOwed && draws.chance(0.5)) {
      const answer = await press('');
      answers.push(answer);
      const patientId = watch.book(practice.scope, referralId)?.patientId ?? '';
      if (answer === 'ok' && (await notes.namesAnother(stored?.sha256 ?? '', practice.scope.tenant, patientId)))
        watch.tell('misfiled', 'a note that names another patient was placed, and nobody said how they know', referralId);
    }
    // Two of them have it open: each places it.
    for (let times = world.faults.strikes('staff', 0.1) ? 2 : 1; times > 0; times -= 1)
      answers.push(await press(isReasonOwed ? 'Asked at the office' : ''));
    if (answers.every((answer) => answer === 'refused')) for (const back of takeBack) back();
  }
}
