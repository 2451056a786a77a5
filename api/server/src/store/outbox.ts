/**
 * What is to happen outside: one row an effect, written in the transaction of the event that asks for it. Whoever carries it out holds it by a
 * lease, puts on record that it begins before anything leaves, and puts on record what came of it.
 */
import { hash } from 'node:crypto';
import type { Instant } from '@refloop/domain/instant';
import type { Json, Scope } from './store.ts';

export type EffectStanding =
  | { status: 'waiting' }
  /** On record before anything leaves; found with its lease over, nobody knows whether it left. */
  | { status: 'begun' }
  /** The receipt names what the counterpart made of it. */
  | { status: 'done'; receipt: string }
  /** Certainly nothing happened, and it is not tried again by itself. */
  | { status: 'failed'; detail: string }
  /** The counterpart takes nothing of this kind, or it is not wanted any more: nobody has to do anything about it. */
  | { status: 'left-out'; detail: string }
  /** It may have happened. Looked for again while it is due; afterwards a person finds out. */
  | { status: 'unknown'; detail: string };

export type StoredEffect = {
  /** Of kind and key; told to the counterpart, so that it can tell a repetition. */
  id: string;
  referralId: string;
  kind: string;
  key: string;
  lane: string | null;
  place: number;
  askedAt: Instant;
  /** Null where it is neither tried nor looked for by itself any more. */
  dueAt: Instant | null;
  tries: number;
  since: Instant;
  lease: { holder: string; until: Instant } | null;
  standing: EffectStanding;
  /** As the handler of its kind reads it, its secret among it while there is one. Stored encrypted, as the standing's words are. */
  content: Json;
};

export type NewEffect = {
  referralId: string;
  /** Which handler carries it out: `task-standing`, `mail`, `fax`, … */
  kind: string;
  /** One effect a kind and key: added again it changes nothing. Stands in the clear, so nothing of a patient is in it. */
  key: string;
  askedAt: Instant;
  dueAt: Instant;
  content: Json;
  /** What of the content opens something, such as a link: kept apart, and let go of once it is done or left out. */
  secret?: Record<string, Json>;
  /** Those of one lane leave one after the other, by place. */
  lane?: string;
  place?: number;
};

export type Settlement = { standing: EffectStanding; at: Instant; dueAt: Instant | null };

export type OutboxStore = {
  /** Answers its id, whether or not it was there already. */
  add: (effect: NewEffect) => Promise<string>;
  get: (id: string) => Promise<StoredEffect | undefined>;
  /** Of all, in order. */
  ids: () => Promise<string[]>;
  /** In the order in which they were asked for. */
  ofReferral: (referralId: string) => Promise<StoredEffect[]>;
  /** The same, each kept until the transaction ends from whoever would take or begin it. */
  takeOfReferral: (referralId: string) => Promise<StoredEffect[]>;
  /**
   * Takes what is due, of these kinds, under a lease: of each lane the first alone, and nothing that another holds. Earliest first. What
   * others are claiming at the same moment is passed over. Leases end by the machine's time (`until` is of it), which is `now` unless told.
   */
  claim: (question: {
    kinds: readonly string[];
    holder: string;
    now: Instant;
    machineTime?: Instant;
    until: Instant;
    limit: number;
  }) => Promise<StoredEffect[]>;
  /** On record as begun, one try more. False where the lease is another's by now, or over by the machine's time, which is `now` unless told. */
  begin: (id: string, holder: string, now: Instant, machineTime?: Instant) => Promise<boolean>;
  /** What came of it; the lease ends. False where the lease is another's by now. */
  settle: (id: string, holder: string, settlement: Settlement) => Promise<boolean>;
  /** A person decides on what nobody tries by itself any more. False where it is not so, or was decided already. */
  decide: (id: string, settlement: Settlement) => Promise<boolean>;
  /**
   * What the counterpart had taken came back: it is failed, and a person's, also where a person had found that it was sent. False of what was
   * not taken, was left out, or has failed already.
   */
  comeBack: (id: string, back: { detail: string; at: Instant }) => Promise<boolean>;
};

/** A failed one may be sent again by a person, and an unknown one has to be looked for: until then what they need is kept. */
export const isOver = ({ status }: EffectStanding): boolean => status === 'done' || status === 'left-out';

/** What a handler reads. */
export const withSecret = (content: Json, secret: Record<string, Json> | null): Json =>
  secret === null ? content : { ...(content as Record<string, Json>), ...secret };

/** A UUID of version 8 (RFC 9562 §5.8), the same for the same effect of the same place. */
export function effectId({ tenant, issuer }: Scope, kind: string, key: string): string {
  const given = hash('sha256', JSON.stringify([tenant, issuer, kind, key]), 'hex').slice(0, 32);
  const variant = ((Number.parseInt(given.charAt(16), 16) & 0x3) | 0x8).toString(16);
  const hex = `${given.slice(0, 12)}8${given.slice(13, 16)}${variant}${given.slice(17)}`;
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
