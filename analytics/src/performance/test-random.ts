/** For tests and the campaign: draws that the same seed repeats (mulberry32), and attempts of specialists of whom the truth is known. */
import type { Attempt } from './assess.ts';
import { fromLogit } from './logit.ts';

export type Draw = () => number;

export function drawsFrom(seed: number): Draw {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const normal = (draw: Draw): number => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());

export type Drawn = {
  seed: number;
  unit: 'share' | 'days';
  specialties: number;
  /** Of each specialty. */
  attempts: number;
  specialists: number;
  /** What is added to the log odds, or to the log days, of a specialist: by name, `s0-3` is the fourth of the first specialty. */
  planted?: Readonly<Record<string, number>>;
  /** Standard deviation between specialists beside what is planted. */
  between?: number;
};

/** The effects of urgency and language, added up, and how often each comes. */
const MIX_EFFECTS = [
  { share: 0.84 * 0.8, effect: 0 },
  { share: 0.84 * 0.2, effect: -0.3 },
  { share: 0.16 * 0.8, effect: 0.4 },
  { share: 0.16 * 0.2, effect: 0.1 },
];

/** What attempts are drawn from. Sites differ in what they lead to and in whom they ask, so that a comparison without case mix would be wrong. */
export const DRAWN = {
  siteEffects: [-0.5, -0.2, 0, 0.3, 0.5],
  mixEffects: MIX_EFFECTS,
  /** Log odds, and log days with their standard deviation, without any effect. */
  shareLevel: 1.4,
  daysLevel: 3,
  daysDeviation: 0.6,
  /** Of urgency (2), payer (4), distance (4), language (2) and month (12): one less each. */
  otherEffects: 1 + 3 + 3 + 1 + 11,
} as const;
const { siteEffects: SITE_EFFECTS } = DRAWN;

export function drawAttempts({ seed, unit, specialties, attempts, specialists, planted = {}, between = 0 }: Drawn): Attempt[] {
  const draw = drawsFrom(seed);
  const pick = (count: number): number => Math.floor(draw() * count);
  return Array.from({ length: specialties }, (_, specialty) => {
    const own = Array.from({ length: specialists }, () => between * normal(draw));
    return Array.from({ length: attempts }, (): Attempt => {
      const site = pick(SITE_EFFECTS.length);
      // The first are asked most; half of the time a site asks those near it.
      const chosen =
        draw() < 0.5 ? Math.floor(specialists * draw() ** 2) : Math.floor((specialists * (site + draw())) / SITE_EFFECTS.length);
      const specialist = `s${specialty}-${chosen}`;
      const mix = {
        urgency: draw() < 0.84 ? 'routine' : 'urgent',
        payer: `payer ${pick(4)}`,
        distance: `band ${pick(4)}`,
        language: draw() < 0.8 ? 'en' : 'es',
        site: `site ${site}`,
        month: `month ${pick(12)}`,
      };
      const effect =
        (SITE_EFFECTS[site] ?? 0) +
        (mix.urgency === 'urgent' ? 0.4 : 0) +
        (mix.language === 'es' ? -0.3 : 0) +
        (own[chosen] ?? 0) +
        (planted[specialist] ?? 0);
      const outcome =
        unit === 'share'
          ? Number(draw() < fromLogit(DRAWN.shareLevel + effect))
          : Math.round(Math.exp(DRAWN.daysLevel + effect + DRAWN.daysDeviation * normal(draw)));
      return { specialty: `specialty ${specialty}`, specialist, mix, outcome };
    });
  }).flat();
}
