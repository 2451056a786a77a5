/**
 * The door that a link opens, for an office or a patient: the link alone shows nothing; with something that only who it is for knows it
 * opens, five tries and no more, for an hour at a time. What is behind it, who is meant and in whose words it is told is with either of them.
 */
import type { Instant } from '@refloop/domain/instant';
import { type Refusal, Refused } from '../problem.ts';
import { digest, newToken } from '../sessions/token.ts';
import type { Scope, Store, Unit } from '../store/store.ts';
import { MOST_TRIES } from './link-tries.ts';
import { withRetry } from './referral-log.ts';

const OPEN_MS = 60 * 60_000;

/** What an office's link and a patient's have in common. */
type StoredLink = {
  id: string;
  /** Digest of the link's own token. */
  tokenHash: string;
  referralId: string;
  expiresAt: Instant;
  /** What it was opened to last: the digest of what its page holds, and until when. */
  opened: { hash: string; until: Instant } | null;
  closedAt: Instant | null;
};

/** The link, taken in the transaction that holds it, with what else its side reads of it. */
export type Behind = { unit: Unit; link: StoredLink };

/** When it was opened last. */
export const openedAt = (opened: { until: Instant } | null): Instant | null =>
  opened && new Date(Date.parse(opened.until) - OPEN_MS).toISOString();

/** What its page holds, and until when that opens anything. */
export type Opening = { opened: string; until: Instant };

/** One side's refusals. `noSuchLink` is said of whatever there is not, is over or is closed: nothing is told to whoever tries. */
export type DoorWords<Found> = {
  noSuchLink: () => Refusal;
  notOpen: () => Refusal;
  locked: (found: Found) => Refusal | Promise<Refusal>;
  /** @param left tries that are left, 0 to 4 */
  wrong: (left: number, found: Found) => Refusal | Promise<Refusal>;
};

type LinkName = 'office-link' | 'patient-link';
type LinkAction = `${LinkName}.${string}`;

type Side<Place extends { scope: Scope }, Found extends Behind> = {
  store: Store;
  name: LinkName;
  words: DoorWords<Found>;
  /** By the digest of the link's token, or of what it was opened to; whatever has become of it. */
  find: (hash: string) => Promise<Place | undefined>;
  /** Kept from others until the transaction ends, so that tries are counted one by one. Undefined where there is nothing behind it. */
  take: (unit: Unit, place: Place) => Promise<Found | undefined>;
  /** Under its patient: disclosures are accounted for by patient (45 CFR 164.528). */
  aboutOf: (found: Found) => Promise<{ patientId?: string; payload: object }>;
  /** Wrong tries that count for this link. */
  triesOf: (found: Found) => number;
  countWrongTry: (found: Found) => Promise<void>;
  wrongTry: LinkAction;
};

export type LinkDoor<Found extends Behind> = {
  /**
   * Tries to open it. A wrong try is counted, and kept.
   * @param isRight whether what was given is what only who it is for knows
   * @param work opens it: keeps `hash` and `until`, and answers what is seen
   */
  open: <Value>(
    token: string,
    now: Date,
    isRight: (found: Found) => boolean,
    work: (found: Found, opening: Opening & { hash: string }) => Promise<Value | Refusal>,
  ) => Promise<Value | Refusal>;
  /** On the link that was opened to this, whether its hour is over or not. */
  withOpened: <Value>(opened: string, work: (found: Found, opening: Opening) => Promise<Value>) => Promise<Value | Refusal>;
  /** The same, while its hour lasts. */
  whileOpen: <Value>(opened: string, now: Date, work: (found: Found, opening: Opening) => Promise<Value>) => Promise<Value | Refusal>;
  record: (found: Found, now: Date, action: LinkAction, payload: object) => Promise<void>;
};

export function openLinkDoor<Place extends { scope: Scope }, Found extends Behind>(side: Side<Place, Found>): LinkDoor<Found> {
  const { store, name, words } = side;

  /** Runs the work on the link whose digest this is, alone with it. */
  async function withLink<Value>(hash: string, missing: () => Refusal, work: (found: Found) => Promise<Value>): Promise<Value | Refusal> {
    const place = await side.find(hash);
    if (!place) return missing();
    return withRetry(() =>
      store.transaction(place.scope, async (unit) => {
        const found = await side.take(unit, place);
        if (!found || found.link.closedAt !== null) throw new Refused(words.noSuchLink());
        return work(found);
      }),
    );
  }

  const withOpened: LinkDoor<Found>['withOpened'] = (opened, work) => {
    const hash = digest(opened);
    return withLink(hash, words.notOpen, (found) => {
      const standing = found.link.opened;
      if (standing?.hash !== hash) throw new Refused(words.notOpen());
      return work(found, { opened, until: standing.until });
    });
  };

  const record: LinkDoor<Found>['record'] = async (found, now, action, payload) => {
    const { id, referralId } = found.link;
    const about = await side.aboutOf(found);
    await found.unit.audit.append({
      at: now.toISOString(),
      actor: { subject: `${name} ${id}`, fhirUser: null, sessionId: null },
      action,
      purpose: 'TREAT',
      referralId,
      ...(about.patientId === undefined ? {} : { patientId: about.patientId }),
      payload: { link: id, ...about.payload, ...payload },
    });
  };

  return {
    withOpened,
    record,

    whileOpen: (opened, now, work) =>
      withOpened(opened, (found, opening) => {
        if (opening.until <= now.toISOString()) throw new Refused(words.notOpen());
        return work(found, opening);
      }),

    open: (token, now, isRight, work) => {
      const hash = digest(token);
      return withLink(hash, words.noSuchLink, async (found) => {
        const { link } = found;
        if (link.tokenHash !== hash || link.expiresAt <= now.toISOString()) throw new Refused(words.noSuchLink());
        const tries = side.triesOf(found);
        if (tries >= MOST_TRIES) throw new Refused(await words.locked(found));
        if (!isRight(found)) {
          // Kept, so that the next try is counted: no throw.
          await side.countWrongTry(found);
          await record(found, now, side.wrongTry, { tries: tries + 1 });
          return words.wrong(MOST_TRIES - tries - 1, found);
        }
        const opened = newToken();
        const until = new Date(now.getTime() + OPEN_MS).toISOString();
        return work(found, { opened, until, hash: digest(opened) });
      });
    },
  };
}
