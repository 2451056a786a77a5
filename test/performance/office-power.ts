/**
 * How likely a specialist of a planted office is to be called in the simulated practice, computed from what is planted: what the office does is drawn by its
 * parameters alone, without a referral, a warehouse or a case mix. The level is the least that the procedure for many comparisons can come to.
 */
import { below, upperQuantile } from '@refloop/analytics/fairness/normal';
import { FALSE_DISCOVERY } from '@refloop/analytics/performance/assess';
import { drawsFrom } from '@refloop/analytics/performance/test-random';
import {
  ANSWER_HOURS,
  BOOK_HOURS,
  DECLINED_SHARE,
  PATIENCE_DAYS,
  SILENT_SHARE,
  SPECIALTIES,
  WAIT_SIGMA,
} from '@refloop/domain/practice/rates';
import { PLANTED_TRUTHS } from '@refloop/server/practice/planted-truths';

export type OfficeMeasure = 'acceptance' | 'days_to_answer' | 'days_to_appointment';
type Office = { silentShare: number; declineShare: number; answerHours: number; waitDays: number };
type Moments = { mean: number; deviation: number };

const HOURS_A_DAY = 9;
/** Five business days are seven of the calendar. */
const calendarDays = (hours: number): number => (hours / HOURS_A_DAY) * (7 / 5);
const LONGEST_WAIT = 90;
const DRAWS = 40_000;

const waitOf = (office: string): number => SPECIALTIES.find(({ specialty }) => office.startsWith(`${specialty}-`))?.waitDays ?? Number.NaN;

const usual = (office: string): Office => ({
  silentShare: SILENT_SHARE,
  declineShare: DECLINED_SHARE,
  answerHours: ANSWER_HOURS.median,
  waitDays: waitOf(office),
});

function plantedIn(office: string): Office {
  const { slowOffice, silentOffice, decliningOffice } = PLANTED_TRUTHS;
  const of = usual(office);
  return {
    silentShare: office === silentOffice.office ? silentOffice.silentShare : of.silentShare,
    declineShare: office === decliningOffice.office ? decliningOffice.declineShare : of.declineShare,
    answerHours: of.answerHours * (office === slowOffice.office ? slowOffice.answerFactor : 1),
    waitDays: of.waitDays * (office === slowOffice.office ? slowOffice.waitFactor : 1),
  };
}

/** Of the outcomes that a measure counts: 0 or 1, or log(1 + days). */
function momentsOf(measure: OfficeMeasure, { silentShare, declineShare, answerHours, waitDays }: Office): Moments {
  const draw = drawsFrom(11);
  const logNormal = (median: number, sigma: number): number =>
    median * Math.exp(sigma * Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw()));
  const outcomes: number[] = [];
  for (let at = 0; at < DRAWS; at += 1) {
    const hours = logNormal(answerHours, ANSWER_HOURS.sigma);
    const isAnswered = draw() >= silentShare && hours <= PATIENCE_DAYS * HOURS_A_DAY;
    const isAccepted = isAnswered && draw() >= declineShare;
    const days = calendarDays(hours);
    const waited = days + calendarDays(logNormal(BOOK_HOURS.median, BOOK_HOURS.sigma)) + logNormal(waitDays, WAIT_SIGMA);
    if (measure === 'acceptance') outcomes.push(Number(isAccepted));
    else if (measure === 'days_to_answer' && isAnswered) outcomes.push(Math.log1p(Math.round(days)));
    else if (measure === 'days_to_appointment' && isAccepted && waited <= LONGEST_WAIT) outcomes.push(Math.log1p(Math.round(waited)));
  }
  const mean = outcomes.reduce((sum, each) => sum + each, 0) / outcomes.length;
  return { mean, deviation: Math.sqrt(outcomes.reduce((sum, each) => sum + (each - mean) ** 2, 0) / outcomes.length) };
}

const known = new Map<string, { is: Moments; were: Moments }>();

/**
 * @param n attempts of the specialist that the measure counts
 * @param compared how many specialists the measure compares
 * @returns also the smallest difference that would be called with 80 %, in the measure's own unit (shares, or log(1 + days))
 */
export function officePower(
  measure: OfficeMeasure,
  office: string,
  n: number,
  compared: number,
): { power: number; truth: number; detectable: number } {
  const key = `${measure} ${office}`;
  const { is, were } = known.get(key) ?? { is: momentsOf(measure, plantedIn(office)), were: momentsOf(measure, usual(office)) };
  known.set(key, { is, were });
  const z = upperQuantile(FALSE_DISCOVERY / compared / 2);
  const truth = is.mean - were.mean;
  const detectable = (z * were.deviation + upperQuantile(0.2) * is.deviation) / Math.sqrt(n);
  return { power: below((Math.abs(truth) * Math.sqrt(n) - z * were.deviation) / is.deviation), truth, detectable };
}
