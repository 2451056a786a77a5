/** Played offices with an EHR of their own: they work on the Tasks they were sent, by the same acts as the office's page. */
import type { Appointment, ServiceRequest, Task } from '@medplum/fhirtypes';
import { specialtyOfReferralCode } from '@refloop/domain/clinical/specialty';
import { patientName } from '../chart/wording.ts';
import type { Repository, Stored } from '../fhir/repository.ts';
import { type Given, npiOf, stageOf } from '../office/office-acts.ts';
import { actAsOffice, type OfficeTask, openTasks, withChart } from '../office/office-work.ts';
import { type NextAct, nextAct, type Request, type Standing } from './course.ts';
import { type PlayedAct, SYNTHETIC } from './played.ts';
import type { Telephone } from './telephone.ts';

const standingOf = ({ task, order, appointments }: OfficeTask): Standing | undefined => {
  const moved = new Date(task.lastModified ?? task.meta.lastUpdated);
  const at = (stage: Standing['stage'], since = moved): Standing => {
    const latest: Stored<Appointment> | undefined = appointments.find(({ start }) => start !== undefined);
    return { stage, since, ...(latest?.start === undefined ? {} : { startsAt: new Date(latest.start) }) };
  };
  if (task.status === 'requested' || task.status === 'received') return at('asked', new Date(task.meta.lastUpdated));
  // An order for a visit says for how many; one for advice alone says none.
  if (task.status === 'accepted') return at(order?.quantityQuantity === undefined ? 'advice' : 'accepted');
  if (task.status !== 'in-progress') return undefined;
  switch (stageOf(task)) {
    case '5.1.1':
      return at('booked');
    case '5.1.2':
    case '5.1.3':
      return at('missed');
    case '5.1.4':
      return at('seen');
    case '5.2':
      return at('called-off');
    default:
      return undefined;
  }
};

function givenOf(next: Exclude<NextAct, { act: 'offer-dates' }>, task: Task): Given {
  switch (next.act) {
    case 'decline':
      return { act: 'decline', reason: next.reason.replaceAll('-', ' ') };
    case 'book':
      return { act: 'book', startsAt: next.startsAt.toISOString() };
    case 'note':
      return {
        act: 'note',
        text: `${SYNTHETIC}\nSeen and examined. Nothing of concern was found; go on as before.\n${task.owner?.display ?? ''}`,
      };
    case 'accept':
    case 'seen':
    case 'no-show':
    case 'confirm-cancellation':
      return { act: next.act };
  }
}

const specialtyOf = (order: ServiceRequest | undefined): string =>
  (order?.code?.coding ?? []).flatMap(({ code }) => specialtyOfReferralCode(code ?? '') ?? [])[0]?.id ?? '';

const urgencyOf = ({ order }: OfficeTask) =>
  order?.priority === 'stat' || order?.priority === 'asap' ? 'emergency' : order?.priority === 'urgent' ? 'urgent' : 'routine';

export type TaskOfficesOptions = {
  repository: Repository;
  /** Whether this office answers otherwise about this patient. */
  hasNoEhr: (npi: string, patient: string) => boolean;
  telephone?: Telephone;
};

/** What of a Task is drawn by, as long as nobody writes to it. */
type Known = { versionId: string; npi: string; request: Request; standing: Standing | undefined };

export function createTaskOffices({ repository, hasNoEhr, telephone }: TaskOfficesOptions) {
  const known = new Map<string, Known>();

  async function read(task: Stored<Task>): Promise<Known> {
    const before = known.get(task.id);
    // Whatever an office does is written to its Task too: an unchanged one needs no look at the rest.
    if (before?.versionId === task.meta.versionId) return before;
    const whole = await withChart(repository, task);
    const npi = npiOf(task);
    const request: Request = {
      key: `${task.focus?.reference}/${npi}`,
      specialty: specialtyOf(whole.order),
      urgency: urgencyOf(whole),
      patient: whole.patient ? patientName(whole.patient) : '',
    };
    const now = { versionId: task.meta.versionId, npi, request, standing: standingOf(whole) };
    known.set(task.id, now);
    return now;
  }

  /** Does what is due by now. */
  return async (seed: string, now: Date): Promise<PlayedAct[]> => {
    const played: PlayedAct[] = [];
    for (const task of await openTasks(repository)) {
      const { npi, request, standing } = await read(task);
      if (hasNoEhr(npi, request.patient)) continue;
      const next = standing && nextAct(seed, { ...request, calls: telephone?.callsTo(npi, request.patient) }, standing);
      // No Task has a place for dates that a patient may choose among.
      if (!next || next.at > now || next.act === 'offer-dates') continue;
      const given = givenOf(next, task);
      // Where the practice was faster, the next step looks anew.
      if ((await actAsOffice(repository, { npi, taskId: task.id, versionId: task.meta.versionId, given }, now)) === 'done')
        played.push({ at: now, who: task.owner?.display ?? npi, act: next.act, by: 'task' });
    }
    return played;
  };
}
