/**
 * What became of referrals in their EHR, found out by looking: what changed since the last look, type by type, with a checkpoint of its
 * own. A look that breaks off is repeated from where the last whole one ended; what comes twice changes nothing.
 * Gravity SDOH-CC 3.0.0 (checking_task_status): polling at least once an hour, not more often than every 15 minutes.
 */
import { entriesOf, nextPage } from '@refloop/domain/fhir/bundle';
import type { EhrFailure, EhrPort, Resource } from '@refloop/domain/fhir/ehr-port';
import { CAPTURED, type CapturedType } from '@refloop/domain/referral/capture';
import type { OwnAccess } from '../../ehr/system-access.ts';
import { type Site, scopeOf } from '../../sites.ts';
import type { CaptureCheckpoint } from '../../store/capture.ts';
import type { Store, Unit } from '../../store/store.ts';
import { withRetry } from '../referral-log.ts';
import { mayBeOurs, takeIn } from './observed.ts';
import { createSubscriber } from './subscription.ts';

export type CaptureDeps = {
  store: Store;
  sites: readonly Site[];
  access: OwnAccess;
  now: () => Date;
  /** By which a site that nothing can come of is looked at again; `now` unless told. */
  machineTime?: () => Date;
  version: string;
  /** Told of a site or a resource that could not be looked at, by its error alone; the next look takes it up again. */
  failed: (error: unknown) => void;
  /** Where an EHR reaches Refloop with its notifications. */
  address: string;
};

export type CaptureRun = { read: number; taken: number };

const MINUTE_MS = 60_000;
export const POLL_MS = 15 * MINUTE_MS;
/** Where the EHR notifies us, a look is what finds the notification that was lost. */
export const POLL_NOTIFIED_MS = 30 * MINUTE_MS;
/** Of an EHR whose notifications have not been heard for so long it is not known whether they come. */
const HEARD_FOR_MS = 24 * 60 * MINUTE_MS;
/** What was being written while the last look was made may have an earlier time than it. */
const OVERLAP_MS = 5 * MINUTE_MS;
/** How far back the first look goes: Refloop's own referrals are younger, but for an upgrade. */
const FIRST_MS = 7 * 24 * 60 * MINUTE_MS;
/** One that does not answer is not asked again before this. */
const SILENT_MS = MINUTE_MS;
const PAGE = 100;
/** In one run, so that no type keeps the others waiting; the rest comes at the next, which is made at once. */
const MOST_PAGES = 50;
/** In one look, over all its runs: half a million resources that changed since the last one are more than any practice has. */
const MOST_PAGES_OF_A_LOOK = 5000;

const NAME = 'refloop-capture';

/** What has nothing of ours is left out by the EHR itself, where it can: the least that is necessary is read. */
const NARROWED: Partial<Record<CapturedType, string>> = {
  Task: 'code=http%3A%2F%2Fhl7.org%2Ffhir%2FCodeSystem%2Ftask-code%7Cfulfill',
  Appointment: 'based-on:missing=false',
  Encounter: 'based-on:missing=false',
  DocumentReference: 'related:missing=false',
};

/** Told by whoever runs the look; it holds nothing of a patient. */
export class EndlessPages extends Error {}

const isRefusal = (status: number): boolean => status >= 400 && status < 500 && status !== 429;

/** `next` where there is more than one run reads; `endless`: why what is behind is not read, though the EHR says that there is more. `silent`: this search alone found no answer. `away`: no other of this EHR's would find one either. */
type Looked =
  | { kind: 'looked'; resources: Resource[]; next: string | undefined; endless: string | null }
  | { kind: 'refused'; why: string }
  | { kind: 'silent' }
  | { kind: 'away' };

/** One that hangs, that has enough of us, or that signed us out answers no other search in this look; one that fails may be at fault with one. */
function unanswered(refusal: EhrFailure): Looked {
  if (refusal.kind === 'http' && isRefusal(refusal.status)) return { kind: 'refused', why: `status ${refusal.status}` };
  return { kind: refusal.kind === 'elsewhere' || (refusal.kind === 'http' && refusal.status !== 429) ? 'silent' : 'away' };
}

/** @param followed every link of this look so far; those that are followed now are added */
async function search(ehr: EhrPort, path: string, followed: Set<string>): Promise<Looked> {
  const resources: Resource[] = [];
  let next: string | undefined = path;
  let endless: string | null = null;
  for (let page = 0; next !== undefined && page < MOST_PAGES; page += 1) {
    followed.add(next);
    const answer = await ehr.get(next);
    if (!answer.ok) return unanswered(answer.refusal);
    resources.push(...entriesOf(answer.value));
    const following = nextPage(answer.value);
    // A link to itself leads nowhere.
    next = following === next ? undefined : following;
    if (next !== undefined && followed.has(next)) endless = 'its pages lead back to one that was read';
    else if (next !== undefined && followed.size >= MOST_PAGES_OF_A_LOOK) endless = `it has more than ${MOST_PAGES_OF_A_LOOK} pages`;
    if (endless !== null) next = undefined;
  }
  return { kind: 'looked', resources, next, endless };
}

const latest = (resources: readonly Resource[], since: string): string =>
  resources.reduce((last, { meta }) => {
    const at = Date.parse(meta?.lastUpdated ?? '');
    return Number.isNaN(at) || new Date(at).toISOString() <= last ? last : new Date(at).toISOString();
  }, since);

/** So long that whatever was going on here when it was written has been put on record. */
const wasLongAgo = ({ meta }: Resource, now: string): boolean => Date.parse(now) - Date.parse(meta?.lastUpdated ?? '') > OVERLAP_MS;

export function createCapture(deps: CaptureDeps): { run: () => Promise<CaptureRun> } {
  /** Until when an EHR that did not answer is left alone, by its FHIR base. */
  const quietUntil = new Map<string, number>();
  /** Searches that were not answered at all, by FHIR base and type: they come last, should the EHR hang at them alone. */
  const hung = new Set<string>();
  const subscriber = createSubscriber(deps);
  /**
   * Where a look goes on that was too long for one run: the EHR's own link to its next page, by FHIR base and type. From a time alone it would
   * not go on where more has changed within the overlap, or at one moment, than a run reads. With the process it is lost, and the look begins
   * again at its checkpoint. What could not be taken before holds that back for the whole look.
   */
  const goesOnAt = new Map<string, { link: string; heldAt: readonly string[]; followed: Set<string> }>();
  /** What the last look at a type took in and had long been written by then: it comes again at each look until something newer does. */
  const settled = new Map<string, ReadonlySet<string>>();
  const { machineTime = deps.now } = deps;
  /** Sites that have a referral; they keep it. */
  const withReferrals = new Set<string>();
  /** When a site without a referral was looked at, by the machine's clock and its FHIR base. */
  const lookedAtInVain = new Map<string, number>();
  const actor = { kind: 'software' as const, name: NAME, version: deps.version };
  const inSite = <Value>(site: Site, work: (unit: Unit) => Promise<Value>): Promise<Value> =>
    withRetry(() => deps.store.transaction(scopeOf(site), work));

  /** Those whose time has come, with how far each was read. */
  async function dueTypes(site: Site): Promise<CaptureCheckpoint[]> {
    const now = deps.now().getTime();
    return inSite(site, async ({ capture }) => {
      const known = await capture.checkpoints();
      const heardAt = (await capture.subscription())?.heardAt ?? null;
      const every = heardAt !== null && now - Date.parse(heardAt) < HEARD_FOR_MS ? POLL_NOTIFIED_MS : POLL_MS;
      return CAPTURED.flatMap((resourceType): CaptureCheckpoint[] => {
        const first = { resourceType, since: new Date(now - FIRST_MS).toISOString(), lookedAt: null, refused: null };
        const checkpoint = known.find((each) => each.resourceType === resourceType) ?? first;
        const { lookedAt } = checkpoint;
        return lookedAt === null || Date.parse(lookedAt) + every <= now ? [checkpoint] : [];
      });
    });
  }

  /**
   * Whatever is found belongs to a referral, so that a look at a site without one finds nothing. It is made all the same, for what the EHR does not let us
   * look at is told by it; but neither a clock that is moved an hour at a time nor a notification brings it each time.
   */
  async function isInVain(site: Site, machineNow: number): Promise<boolean> {
    if (machineNow - (lookedAtInVain.get(site.iss) ?? Number.NEGATIVE_INFINITY) >= POLL_MS || withReferrals.has(site.iss)) return false;
    if (await inSite(site, ({ referrals }) => referrals.any())) withReferrals.add(site.iss);
    return !withReferrals.has(site.iss);
  }

  async function look(ehr: EhrPort, { resourceType, since }: CaptureCheckpoint, followed: Set<string>): Promise<Looked> {
    const link = goesOnAt.get(`${ehr.base} ${resourceType}`)?.link;
    const rest = link === undefined ? undefined : await search(ehr, link, followed);
    // A link that an EHR no longer knows.
    if (rest !== undefined && rest.kind !== 'refused') return rest;
    followed.clear();
    const from = new Date(Date.parse(since) - OVERLAP_MS).toISOString();
    const all = `${resourceType}?_lastUpdated=ge${encodeURIComponent(from)}&_sort=_lastUpdated&_count=${PAGE}`;
    const narrowed = NARROWED[resourceType as CapturedType];
    const first = narrowed === undefined ? undefined : await search(ehr, `${all}&${narrowed}`, followed);
    // A search that an EHR cannot make narrower is made as it is.
    return first === undefined || first.kind === 'refused' ? search(ehr, all, followed) : first;
  }

  /** `in-part`: there is more to read, or something could not be taken. */
  async function lookAt(
    site: Site,
    ehr: EhrPort,
    checkpoint: CaptureCheckpoint,
    sum: CaptureRun,
  ): Promise<'looked' | 'in-part' | 'silent' | 'away'> {
    const beganAt = deps.now().toISOString();
    const place = `${ehr.base} ${checkpoint.resourceType}`;
    // What is not answered is asked for again: only with the link it leads to does a page count as read.
    const followed = new Set(goesOnAt.get(place)?.followed);
    const looked = await look(ehr, checkpoint, followed);
    if (looked.kind === 'away') return looked.kind;
    const failedAt: string[] = [...(goesOnAt.get(place)?.heldAt ?? [])];
    // A link that leads nowhere is not followed for ever.
    goesOnAt.delete(place);
    if (looked.kind === 'silent') return looked.kind;
    if (looked.kind === 'refused') {
      await inSite(site, ({ capture }) => capture.keep({ ...checkpoint, lookedAt: beganAt, refused: looked.why }));
      return 'looked';
    }
    const before = settled.get(place);
    const after = new Set<string>();
    for (const resource of looked.resources.filter(mayBeOurs)) {
      const version = `${resource.id} ${resource.meta?.versionId}`;
      if (before?.has(version)) {
        after.add(version);
        continue;
      }
      sum.read += 1;
      const now = deps.now().toISOString();
      try {
        if (await inSite(site, (unit) => takeIn(unit, resource, { base: site.iss, now, actor }))) sum.taken += 1;
        if (resource.meta?.versionId !== undefined && wasLongAgo(resource, now)) after.add(version);
      } catch (error) {
        // It holds up none of the others, and is read again at each look until it can be taken.
        deps.failed(error);
        failedAt.push(latest([resource], checkpoint.since));
      }
    }
    settled.set(place, after);
    // Only now: what breaks off before is read again.
    const since = [latest(looked.resources, checkpoint.since), ...failedAt].reduce((left, right) => (left < right ? left : right));
    const goesOn = looked.next !== undefined;
    if (looked.next !== undefined) goesOnAt.set(place, { link: looked.next, heldAt: failedAt, followed });
    // The next look begins after what was read, so that what is behind is reached all the same, as it changes.
    if (looked.endless !== null)
      deps.failed(new EndlessPages(`A search for ${checkpoint.resourceType} was not read to its end: ${looked.endless}.`));
    const at = goesOn ? null : beganAt;
    await inSite(site, ({ capture }) => capture.keep({ ...checkpoint, since, lookedAt: at, refused: looked.endless }));
    return goesOn || failedAt.length > 0 ? 'in-part' : 'looked';
  }

  async function runSite(site: Site, sum: CaptureRun): Promise<void> {
    const isQuiet = (what: string): boolean => (quietUntil.get(`${site.iss} ${what}`) ?? 0) > deps.now().getTime();
    const leave = (what: string): void => void quietUntil.set(`${site.iss} ${what}`, deps.now().getTime() + SILENT_MS);
    const machineNow = machineTime().getTime();
    const due =
      isQuiet('') || (await isInVain(site, machineNow)) ? [] : (await dueTypes(site)).filter(({ resourceType }) => !isQuiet(resourceType));
    if (isQuiet('') || (due.length === 0 && !subscriber.isDue(site))) return;
    const access = await deps.access(site);
    if (!access.ok) return leave('');
    // A look goes on without it.
    await subscriber.keep(site, access).catch(deps.failed);
    const place = ({ resourceType }: CaptureCheckpoint): string => `${site.iss} ${resourceType}`;
    const hangs = (checkpoint: CaptureCheckpoint): number => (hung.has(place(checkpoint)) ? 1 : 0);
    let whole = due.length === CAPTURED.length;
    for (const checkpoint of due.toSorted((left, right) => hangs(left) - hangs(right))) {
      try {
        const came = await lookAt(site, access.ehr, checkpoint, sum);
        // The other sites wait for this one.
        if (came === 'away') {
          hung.add(place(checkpoint));
          return leave('');
        }
        hung.delete(place(checkpoint));
        // One search that always fails keeps none of the other types from being looked at.
        if (came === 'silent') leave(checkpoint.resourceType);
        whole &&= came === 'looked';
      } catch (error) {
        whole = false;
        deps.failed(error);
      }
    }
    if (whole) lookedAtInVain.set(site.iss, machineNow);
  }

  return {
    run: async () => {
      const sum: CaptureRun = { read: 0, taken: 0 };
      for (const site of deps.sites.filter(({ system }) => system?.tracks === true)) {
        try {
          await runSite(site, sum);
        } catch (error) {
          deps.failed(error);
        }
      }
      return sum;
    },
  };
}
