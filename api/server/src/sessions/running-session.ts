/** What a person does with a running session: use it, or leave it. */
import { problem, type Refusal } from '../problem.ts';
import type { Store } from '../store/store.ts';
import { actorOf, type Session, type SessionTimes } from './session.ts';

/** The idle time starts again. Refuses where the session ended between the check and now. */
export async function recordActivity(store: Store, session: Session, idleSeconds: number, machineTime: Date): Promise<Refusal | undefined> {
  const idleSince = new Date(machineTime.getTime() - idleSeconds * 1000).toISOString();
  const runs = await store.transaction(session.scope, (unit) =>
    unit.sessions.touch(session.sessionId, machineTime.toISOString(), idleSince),
  );
  return runs ? undefined : problem('session-ended', 'The session ended meanwhile. Open Refloop from the chart again; your draft is kept.');
}

export async function closeSession(store: Store, session: Session, { now, machineTime }: SessionTimes): Promise<undefined> {
  const at = now.toISOString();
  await store.transaction(session.scope, async (unit) => {
    await unit.sessions.end(session.sessionId, machineTime.toISOString());
    await unit.audit.append({
      at,
      actor: actorOf(session),
      action: 'session.closed',
      purpose: 'TREAT',
      ...(session.patientId === null ? {} : { patientId: session.patientId }),
    });
  });
}
