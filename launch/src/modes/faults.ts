/**
 * What can be set to go wrong. A fault belongs to a launch and to every token that came of it, or to a backend service in a mode;
 * nothing is random, and what is counted is counted in the database. The first eleven names are those of smart-launcher-v2's simulated errors.
 */

/** At which step a fault acts. Where two act at one step, the one that stands first in FAULTS does. */
export type FaultStep =
  /** Each authorize request of the launch. */
  | 'authorize'
  /** Each exchange of a code of the launch. */
  | 'exchange'
  /** Each refresh. */
  | 'refresh'
  /** Each FHIR request. */
  | 'request'
  /** The first FHIR requests, `times` of them. */
  | 'first-requests'
  /** Each FHIR write. */
  | 'write'
  /** The first FHIR writes, `times` of them. */
  | 'first-writes'
  /** The first FHIR writes that would succeed, `times` of them, before anything is written. */
  | 'first-writable'
  /** The first FHIR writes that succeed, `times` of them: what was written stays. */
  | 'first-written'
  /** Each FHIR write, before its answer. */
  | 'write-answer'
  /** What the EHR keeps and finds, at each FHIR request. */
  | 'store';

type Fault = { steps: readonly FaultStep[]; times?: number };

export const FAULTS = {
  auth_invalid_client_id: { steps: ['authorize'] },
  auth_invalid_redirect_uri: { steps: ['authorize'] },
  auth_invalid_scope: { steps: ['authorize'] },
  auth_invalid_client_secret: { steps: ['exchange'] },
  token_invalid_token: { steps: ['exchange'] },
  token_expired_refresh_token: { steps: ['refresh'] },
  token_expired_registration_token: { steps: ['exchange'] },
  token_invalid_scope: { steps: ['exchange', 'refresh'] },
  token_invalid_jti: { steps: ['exchange'] },
  request_invalid_token: { steps: ['request'] },
  request_expired_token: { steps: ['request'] },
  down: { steps: ['request'] },
  latency: { steps: ['request'] },
  rate_limited: { steps: ['first-requests'], times: 3 },
  server_error: { steps: ['write'] },
  unavailable: { steps: ['first-writes'], times: 2 },
  late_write: { steps: ['first-writable'], times: 1 },
  malformed_json: { steps: ['first-written'], times: 1 },
  dropped_after_write: { steps: ['first-written'], times: 1 },
  slow_writes: { steps: ['write-answer'] },
  identifier_not_kept: { steps: ['store'] },
  identifier_not_searchable: { steps: ['store'] },
  task_not_in_compartment: { steps: ['store'] },
  content_rewritten: { steps: ['store'] },
  stale_search: { steps: ['store'] },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;

export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

/** The faults of these names, each once; undefined where one of them is none. */
export function faultsNamed(names: readonly string[]): FaultName[] | undefined {
  const once = [...new Set(names)];
  return once.every((name): name is FaultName => (FAULT_NAMES as string[]).includes(name)) ? once : undefined;
}

/** What to answer where one of them is none. */
export const NO_SUCH_FAULT = `There is no such fault. Use: ${FAULT_NAMES.join(', ')}.`;

/** How long `latency` holds a FHIR request back. */
export const LATENCY_MILLISECONDS = 3000;
/** How long `slow_writes` holds the answer of a write back: longer than an app waits. */
export const SLOW_ANSWER_MILLISECONDS = 20_000;
/** How long after its connection ended `late_write` lets the write take effect. */
export const LATE_WRITE_MILLISECONDS = 3000;
/** How far `stale_search` lets searches lag behind what was written. */
export const SEARCH_LAG_MILLISECONDS = 3000;
/** What `rate_limited` and `unavailable` say in Retry-After. */
export const RETRY_AFTER_SECONDS = 1;

/** How often a counted fault fires; 0 for one that is not counted. */
export function timesOf(name: FaultName): number {
  const fault: Fault = FAULTS[name];
  return fault.times ?? 0;
}

/** The faults among these names that act at this step, in the order of the menu. */
export const faultsAt = (step: FaultStep, names: readonly string[]): FaultName[] =>
  FAULT_NAMES.filter((name) => names.includes(name) && (FAULTS[name].steps as readonly FaultStep[]).includes(step));

/** The first of them. */
export const faultAt = (step: FaultStep, names: readonly string[]): FaultName | undefined => faultsAt(step, names)[0];
