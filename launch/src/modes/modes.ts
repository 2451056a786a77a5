/** The ways this EHR can behave: one FHIR base and one set of endpoints each, over the same resources. */
import { type FhirHabits, fullHabits } from '../fhir/habits.ts';
import { athenaLikeTable, epicLikeTable, messagesOnlyTable, type OfferTable, oracleLikeTable } from './vendor-tables.ts';

export type ModeName = 'full' | 'epic-like' | 'oracle-like' | 'athena-like' | 'messages-only';

/** What an authorization server makes of requests for scopes, and how long what it grants lasts. */
export type SmartHabits = {
  /** False: `.read` and `.write` are dropped without a word. */
  takesVersion1Scopes: boolean;
  grantsOnlineAccess: boolean;
  grantsOfflineAccess: boolean;
  /** False: a granted offline_access is not among the scopes of the answer, though its refresh token is. */
  namesOfflineAccess: boolean;
  /** SMART asks for an hour at most. */
  accessTokenSeconds: number;
  /** What scopes_supported lists: all that some app may be granted, or the words about identity and launch alone. */
  listedScopes: 'all' | 'identity';
};

export type Mode = {
  name: ModeName;
  /** What stands before `/fhir` and `/auth` in this mode's addresses. */
  prefix: string;
  fhir: FhirHabits;
  smart: SmartHabits;
};

const HOUR = 3600;
const fullSmart: SmartHabits = {
  takesVersion1Scopes: true,
  grantsOnlineAccess: true,
  grantsOfflineAccess: true,
  namesOfflineAccess: true,
  accessTokenSeconds: HOUR,
  listedScopes: 'all',
};

const offersOf =
  (table: OfferTable): FhirHabits['interactions'] =>
  (type) =>
    table.get(type) ?? [];

const vendorHabits = (table: OfferTable): FhirHabits => ({
  ...fullHabits,
  interactions: offersOf(table),
  system: [],
  conditionalCreate: false,
  conditionalRead: false,
});

const full: Mode = { name: 'full', prefix: '', fhir: fullHabits, smart: fullSmart };

/**
 * Takes orders, but as unsigned ones; a stale If-Match is 412; a page of another origin sees neither ETag nor Location. Advertises offline
 * access alone and leaves its name out of the answer (client-js issue 138).
 */
const epicLike: Mode = {
  name: 'epic-like',
  prefix: '/epic-like',
  fhir: { ...vendorHabits(epicLikeTable), exposedHeaders: [], ordersAwaitSignature: true },
  smart: { ...fullSmart, grantsOnlineAccess: false, namesOfflineAccess: false, listedScopes: 'identity' },
};

/**
 * Orders are read only; a change needs If-Match, and a stale one is 409; modifierExtension is 422; a batch is taken, a transaction is
 * not. Scopes of version 1 vanish, and nothing outlives ten minutes (client-js issues 60 and 171).
 */
const oracleLike: Mode = {
  name: 'oracle-like',
  prefix: '/oracle-like',
  fhir: {
    ...vendorHabits(oracleLikeTable),
    system: ['batch'],
    ifMatch: { required: true, staleStatus: 409 },
    takesModifierExtensions: false,
  },
  smart: {
    ...fullSmart,
    takesVersion1Scopes: false,
    grantsOnlineAccess: false,
    grantsOfflineAccess: false,
    accessTokenSeconds: 600,
  },
};

/** Everything is read and next to nothing written; there is no Task. */
const athenaLike: Mode = { name: 'athena-like', prefix: '/athena-like', fhir: vendorHabits(athenaLikeTable), smart: fullSmart };

/** Of all there is an app writes messages and where they came from. */
const messagesOnly: Mode = { name: 'messages-only', prefix: '/messages-only', fhir: vendorHabits(messagesOnlyTable), smart: fullSmart };

/** The first is the one a launch gets that names none. */
export const MODES: readonly [Mode, ...Mode[]] = [full, epicLike, oracleLike, athenaLike, messagesOnly];

export const findMode = (name: string): Mode | undefined => MODES.find((mode) => mode.name === name);
