/**
 * Offices that work in the practice's own EHR: they see the Task that asks them, answer in it, and leave the booking, the visit and the note as
 * resources there. Refloop learns of it by looking alone.
 */
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import { townDirectory } from './directory.ts';
import type { Practice } from './practice.ts';
import type { World } from './world.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NPI = 'http://hl7.org/fhir/sid/us-npi';

type Held = Resource & { id: string };

/** HL7 BSeR 2.0.0-ballot, TaskBusinessStatusCS. */
const STAGES = { booked: '5.1.1', missed: '5.1.2', seen: '5.1.4' } as const;
type Stage = keyof typeof STAGES;
const BUSINESS_STATUS = 'http://hl7.org/fhir/us/bser/CodeSystem/TaskBusinessStatusCS';

const npiOf = (task: Resource): string =>
  ((task['owner'] as { identifier?: { system?: string; value?: string } } | undefined)?.identifier?.value ?? '') as string;

export type FhirOffices = {
  /** A Task was written there that asks an office. */
  seen: (practice: Practice, task: Resource) => void;
  works: (npi: string) => boolean;
  /** Since when, in true time, a Task stands where its office has brought it: booked, missed or seen; undefined where the office did not say. */
  broughtAt: (practice: Practice, task: Resource) => number | undefined;
};

/** Undefined where the Task does not say one of these. */
export function stageIn(task: Resource): Stage | undefined {
  const { coding = [] } = (task['businessStatus'] ?? {}) as { coding?: { code?: string }[] };
  return (Object.keys(STAGES) as Stage[]).find((stage) => coding.some(({ code }) => code === STAGES[stage]));
}

export function createFhirOffices(world: World): FhirOffices {
  const { draws, time } = world;
  /** Tasks that are being worked on, by tenant and reference. */
  const taken = new Set<string>();
  /** By tenant, reference and version. */
  const brought = new Map<string, number>();
  const byFhir = new Set(townDirectory('2026-01-01').entries.flatMap(({ npi, channels }) => (channels.includes('fhir') ? [npi] : [])));
  const works = (npi: string): boolean => byFhir.has(npi);
  const versionOf = (practice: Practice, { id, meta }: Resource): string => `${practice.scope.tenant} Task/${id} ${meta?.versionId}`;

  return {
    works,
    broughtAt: (practice, task) => brought.get(versionOf(practice, task)),
    seen: (practice, task) => {
      const ehr = world.ehrs.get(practice.scope.tenant);
      const reference = `Task/${task.id}`;
      const name = `${practice.scope.tenant} ${reference}`;
      if (!ehr || task['status'] !== 'requested' || !works(npiOf(task)) || taken.has(name)) return;
      taken.add(name);
      const npi = npiOf(task);
      const change = (to: Record<string, unknown>): void => {
        const held = ehr.read(reference);
        if (!held?.id || held['status'] === 'cancelled') return;
        const { businessStatus: _business, statusReason: _reason, ...rest } = held;
        const kept = ehr.put({ ...(rest as Held), ...to, lastModified: new Date(time.now()).toISOString() });
        if (stageIn(kept)) brought.set(versionOf(practice, kept), time.now());
      };
      // Many offices never say in the Task what became of it.
      const keepsStages = draws.chance(0.8);
      const stage = (to: Stage): void => {
        const businessStatus = { coding: [{ system: BUSINESS_STATUS, code: STAGES[to] }], text: to };
        if (keepsStages) change({ status: 'in-progress', businessStatus });
      };
      const put = (resource: Resource & { id: string }): Resource => {
        const kept = ehr.put(resource);
        world.worker.dueAt('capture', name, world.now().toISOString());
        return kept;
      };
      const about = { basedOn: task['basedOn'] ?? [{ reference: (task['focus'] as { reference: string }).reference }], for: task['for'] };
      const patient = about.for as { reference: string };
      const later = (median: number, work: () => void): void => time.after(Math.min(40 * DAY_MS, draws.logNormal(median, 0.8)), work);
      const announce = (): void => world.worker.dueAt('capture', name, world.now().toISOString());
      later(12 * HOUR_MS, () => {
        if (draws.chance(0.12)) {
          change({ status: 'rejected', statusReason: { text: 'not taking patients' } });
          return announce();
        }
        change({ status: 'accepted' });
        announce();
        const inDays = (): number => time.now() + draws.integer(2, 25) * DAY_MS;
        const dateAt = (startsAt: number) => {
          const id = `visit-${world.newId()}`;
          return (status: string): Resource & { id: string } => ({
            resourceType: 'Appointment',
            id,
            status,
            start: new Date(startsAt).toISOString(),
            basedOn: about.basedOn,
            participant: [{ actor: patient, status: 'accepted' }],
          });
        };
        // Those who keep their calendar elsewhere say in the Task at most that there is a date.
        const keepsCalendar = draws.chance(0.85);
        const enter = (appointment: Resource & { id: string }): void => {
          if (keepsCalendar) put(appointment);
          else announce();
        };
        const meet = (startsAt: number, appointment: ReturnType<typeof dateAt>, until = draws.integer(HOUR_MS, 2 * DAY_MS)): void => {
          stage('booked');
          enter(appointment('booked'));
          time.at(startsAt + until, () => {
            if (ehr.read(reference)?.['status'] === 'cancelled') return enter(appointment('cancelled'));
            if (draws.chance(0.15)) {
              stage('missed');
              return enter(appointment('noshow'));
            }
            stage('seen');
            enter(appointment('fulfilled'));
            later(3 * DAY_MS, () => {
              const note = draws.chance(0.15) ? { docStatus: 'preliminary' } : { docStatus: 'final' };
              put({
                resourceType: 'DocumentReference',
                id: `note-${world.newId()}`,
                status: 'current',
                ...note,
                type: { coding: [{ system: 'http://loinc.org', code: '11488-4' }] },
                subject: patient,
                date: new Date(time.now()).toISOString(),
                author: [{ identifier: { system: NPI, value: npi } }],
                context: { related: about.basedOn },
              });
            });
          });
        };
        later(DAY_MS, () => {
          // Some enter the booking with the visit, once it has been.
          if (draws.chance(0.3)) {
            const now = time.now();
            return meet(now, dateAt(now - HOUR_MS), draws.integer(1, 45) * 1000);
          }
          const startsAt = inDays();
          const first = dateAt(startsAt);
          if (!draws.chance(0.5)) return meet(startsAt, first);
          // A date that is moved is another appointment, and the front desk closes the first when it comes to it.
          enter(first('booked'));
          later(DAY_MS, () => {
            const another = inDays();
            meet(another, dateAt(another));
            later(15 * DAY_MS, () => enter(first(draws.chance(0.5) ? 'noshow' : 'cancelled')));
          });
        });
      });
    },
  };
}
