/** What an effect may have come to that somebody has to see to. It imports nothing: words for it are looked up while modules load. */

/** It may have been sent, and nobody may send it again by themselves. */
export const PERHAPS_SENT = 'perhaps-sent';
/** It was certainly not sent, and it is not tried again by itself. */
export const NOT_SENT = 'not-sent';
export type EffectObligation = typeof PERHAPS_SENT | typeof NOT_SENT;

/** What a person says became of it, as its standing keeps it. */
export const FOUND_OUT = 'Found out by a person.';
export const SEEN_TO = 'A person saw to it in another way.';

export const EFFECT_OBLIGATIONS: readonly string[] = [PERHAPS_SENT, NOT_SENT];
