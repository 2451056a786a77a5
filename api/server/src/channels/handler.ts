/**
 * How one kind of effect is carried out. A handler knows its counterpart and nothing of the store: what it says is put on record by the
 * worker (outbox/worker.ts), and every handler stands under one contract test (test-handler-contract.ts).
 */
import type { AgeGroup } from '@refloop/domain/patient/proxy';
import type { ObservedFact } from '@refloop/domain/referral/observe';
import type { Referral } from '@refloop/domain/referral/referral';
import type { z } from 'zod';
import type { PatientContact } from '../store/patient-contacts.ts';
import type { Json, Scope } from '../store/store.ts';

/** What besides the referral speaks for or against a sending, read in the transaction in which it begins. */
export type Standing = {
  now: string;
  /** How the patient may be reached; undefined where nothing was ever kept of it. */
  contact: PatientContact | undefined;
  /** Of the patient on the clinic’s day: who is written to in whose place may have changed since it was asked for. */
  ages?: AgeGroup | undefined;
};

/** In the words of what was left out for that reason. */
export const TOO_LATE = 'It was too late to be of use.';
export const NOT_THEIRS = 'Messages about this patient do not go to that number or address any more.';

/** What a handler is given to carry out. */
export type Message<Content> = {
  /** A UUID, the same each time: told to the counterpart as the key of the request where it takes one. */
  id: string;
  scope: Scope;
  referralId: string;
  key: string;
  content: Content;
  askedAt: string;
  /** 1 the first time. */
  tries: number;
  /** When it was last sent or looked for, where it may have left then; null where it certainly did not. */
  triedAt: string | null;
};

/** Words of a receipt or a detail are kept sealed, shown to coordinators, and never logged. */
export type Sent =
  | { kind: 'done'; receipt: string }
  /**
   * Certainly nothing came of this try; `final` where trying again would change nothing. Of a try before it, of which no answer came, it says
   * nothing, unless the counterpart answers by our key what became of the whole (`settles`). `byPersonOnly`: sent again it would certainly be
   * refused again, so that nobody is offered that.
   */
  | { kind: 'refused'; detail: string; final: boolean; settles?: true; byPersonOnly?: true }
  /** The counterpart takes nothing of this kind: nobody has to do anything about it. */
  | { kind: 'left-out'; detail: string }
  /** It may have happened. */
  | { kind: 'unknown'; detail: string };

export type Looked =
  | { kind: 'done'; receipt: string }
  | { kind: 'absent' }
  /** It is not there, and what was sent may still arrive for so many milliseconds. */
  | { kind: 'too-early'; milliseconds: number; detail: string }
  | { kind: 'unclear'; detail: string };

export type Handler<Content> = {
  kind: string;
  /** In a sentence, to whoever has to find out what became of it: "The fax to the specialist’s office". */
  what: string;
  /** The same of one of them, where not all that leave by this kind are alike. */
  whatOf?: (content: Content) => string;
  /** Whether it can leave by no machine, so that only a person can see to it: to send it again is offered to nobody then. */
  byPersonOnly?: (content: Content) => boolean;
  /**
   * The counterpart honours our key or can be searched: what may have happened is looked for, or sent again with the same key, until it is
   * known to have happened once. Not repeatable: it leaves once at most, and a person finds out.
   */
  repeatable: boolean;
  content: z.ZodType<Content>;
  /** How long one sending or one look may take; 30 seconds unless told. */
  timeoutMs?: number;
  /**
   * Asked within the transaction that puts on record that it begins. Why it must not leave any more (the order is not in force, consent was
   * withdrawn): it is left out then. Undefined lets it leave.
   */
  mayNotLeave: (referral: Referral, content: Content, standing: Standing) => string | undefined;
  /** Whether somebody has to see to it where it must not leave: it is theirs then as what could not be sent. Without it nobody has to. */
  isOwed?: (referral: Referral, content: Content) => boolean;
  /** Whether what is owed of the referral says what became of it: that is written anew once it has ended. */
  isTold?: (content: Content) => boolean;
  /** The latest moment at which it is of use: afterwards it is left out. At any time where there is none. */
  notAfter?: (content: Content, askedAt: string) => string;
  /**
   * Whether what it brings about is not wanted any more, and is taken back where it stands: nobody is asked to bring it about then, and the
   * worker says what became of it to whoever takes it back.
   */
  isTakenBack?: (referral: Referral, content: Content) => boolean;
  /**
   * The earliest moment, not before `now`, at which it may leave or be looked for: what goes to a person has its hours, also when it is tried
   * again. At any time where there is none.
   */
  notBefore?: (content: Content, now: string) => string;
  /** What the counterpart holds of it. Without it an unknown of a repeatable kind is sent again with the same id. */
  look?: (message: Message<Content>, call: { signal: AbortSignal }) => Promise<Looked>;
  send: (message: Message<Content>, call: { signal: AbortSignal }) => Promise<Sent>;
  /**
   * What follows for the referral, put on record in the transaction of the outcome; nothing where it is undefined.
   * @param takenBack the referral, where what it brought about is taken back
   */
  follows?: (message: Message<Content>, outcome: Settled, at: string, takenBack?: Referral) => ObservedFact | undefined;
};

/** How an effect ended by itself. */
export type Settled = Exclude<Sent, { kind: 'refused' }> | { kind: 'failed'; detail: string };

/** A handler whose content only it reads. */
export type AnyHandler = {
  kind: string;
  what: string;
  repeatable: boolean;
  timeoutMs: number;
  /** Undefined where this version cannot read what is kept. */
  open: (effect: Omit<Message<unknown>, 'tries'>) => OpenedMessage | undefined;
};

/** One effect with its handler. */
export type OpenedMessage = {
  what: string;
  byPersonOnly: boolean;
  mayNotLeave: (referral: Referral, standing: Standing) => string | undefined;
  isTooLate: (now: string) => boolean;
  notBefore: (now: string) => string;
  isOwed: (referral: Referral) => boolean;
  isTold: boolean;
  isTakenBack: ((referral: Referral) => boolean) | undefined;
  look: ((tries: number, call: { signal: AbortSignal }) => Promise<Looked>) | undefined;
  send: (tries: number, call: { signal: AbortSignal }) => Promise<Sent>;
  follows: (tries: number, outcome: Settled, at: string, takenBack?: Referral) => ObservedFact | undefined;
};

const PATIENCE_MS = 30_000;

/** For the worker, which holds handlers of different contents side by side. */
export function anyHandler<Content>(handler: Handler<Content>): AnyHandler {
  const { kind, what, repeatable, timeoutMs = PATIENCE_MS } = handler;
  /** Of content that cannot change and comes again, as from the store in memory, what was read of it. */
  const known = new WeakMap<object, ReturnType<typeof handler.content.safeParse>>();
  const read = (content: Json): ReturnType<typeof handler.content.safeParse> => {
    if (typeof content !== 'object' || content === null || !Object.isFrozen(content)) return handler.content.safeParse(content);
    const found = known.get(content) ?? handler.content.safeParse(content);
    known.set(content, found);
    return found;
  };
  return {
    kind,
    what,
    repeatable,
    timeoutMs,
    open: (effect) => {
      const content = read(effect.content);
      if (!content.success) return undefined;
      const message = (tries: number): Message<Content> => ({ ...effect, content: content.data, tries });
      const { look, isTakenBack } = handler;
      return {
        what: handler.whatOf?.(content.data) ?? what,
        byPersonOnly: handler.byPersonOnly?.(content.data) ?? false,
        mayNotLeave: (referral, standing) => handler.mayNotLeave(referral, content.data, standing),
        isTooLate: (now) => handler.notAfter !== undefined && handler.notAfter(content.data, effect.askedAt) < now,
        notBefore: (now) => handler.notBefore?.(content.data, now) ?? now,
        isOwed: (referral) => handler.isOwed?.(referral, content.data) ?? false,
        isTold: handler.isTold?.(content.data) ?? false,
        isTakenBack: isTakenBack && ((referral) => isTakenBack(referral, content.data)),
        look: look && ((tries, call) => look(message(tries), call)),
        send: (tries, call) => handler.send(message(tries), call),
        follows: (tries, outcome, at, takenBack) => handler.follows?.(message(tries), outcome, at, takenBack),
      };
    },
  };
}
