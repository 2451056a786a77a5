/** A reason that does not say what is wrong gets a referral returned; better to ask while the chart is open. */
import type { Coding } from '../fhir/read.ts';

export type MissingFromReason = 'complaint' | 'course';

export type VagueReason = {
  readonly missing: readonly MissingFromReason[];
  /** One sentence for the clinician. */
  readonly advice: string;
};

// Words that say that somebody should look, not at what. Editorial.
const EMPTY_WORDS = new Set(
  (
    'a about abnormal advice advise again all an and any appointment appt as asap ask assess assessment assistance at be been by can care check checkup clinic concern concerned ' +
    'concerning concerns condition consult consultation continue continued contact could discuss disease disorder doctor dr dx eval evaluate evaluated evaluation exam ' +
    'examination f findings followup follow for from fu further general get given has have he help her him his in input intervention is issue issues it its know known ' +
    'like management manage medical months more mr mrs ms need needed needs new next of on once ongoing opinion or other our out patient per please pls possible problem problems provider ' +
    'pt recommendations recommend refer referral referred request requested requests review routine rx same second see seen self services she should some someone something specialist ' +
    'specialty still symptoms tbd test testing that the their them they this to treat treated treatment tx unspecified up updated urgent urgently various visit want wants was we week weeks ' +
    'were when will wishes with workup work would year years establish established est reason reasons none na n thanks thank you eligible see chart above below attached'
  ).split(' '),
);

const SPECIALTY_WORDS =
  /(?:log(?:y|ist|ists|ic)|iatr(?:y|ist|ics|ic|ician)|surg(?:ery|eon|eons|ical)|orthop(?:a?edic|a?edics|ods)|ortho|gi|ent|derm|cards?|cardio|neuro|endo|pulm|uro|gyn|obgyn|ophtho|podiatry|oncology|medicine)$/;

// A place without a complaint ("knee", "back") is half a reason.
const COURSE =
  /\b(?:\d+|an?|one|two|three|four|five|six|several|few|many)[ -]*(?:hour|day|week|wk|month|mo|year|yr)s?\b|\b(?:since|for|chronic|acute|sudden|new|recurrent|worsening|progressive|after|following|despite|failed|persistent|intermittent|refractory|stable|uncontrolled|controlled|resistant|increasing|declin\w+|ris(?:ing|en)|elevated|positive|suspected|recent)\b/i;

const isSpecific = (code: Coding): boolean => {
  const value = (code.code ?? '').toUpperCase();
  if (value === '') return false;
  // R69 illness unspecified, R68.89 other general symptoms, Z00-Z13 examinations, Z71 counselling, Z76 other circumstances.
  return !/icd-?10/i.test(code.system ?? '') || !/^(?:R69|R68\.?89|Z0\d|Z1[0-3]|Z71|Z76)/.test(value);
};

const FEW_WORDS = 3;

/**
 * Tells whether a reason says too little to be triaged, and what to add. Undefined when it will do: a telling word with a
 * specific diagnosis code, or a complaint with its course.
 */
export function reasonIsVague(text: string, codes: readonly Coding[]): VagueReason | undefined {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const telling = words.filter((word) => word.length > 1 && !/^\d+$/.test(word) && !EMPTY_WORDS.has(word) && !SPECIALTY_WORDS.test(word));
  const coded = codes.some(isSpecific);
  if (coded) return undefined;
  if (telling.length === 0) {
    return {
      missing: ['complaint', 'course'],
      advice: 'The reason does not say what is wrong. Add the complaint or diagnosis, since when, and what the specialist should answer.',
    };
  }
  if (telling.length <= FEW_WORDS && !COURSE.test(text)) {
    return {
      missing: ['course'],
      advice: `“${text.trim()}” alone is hard to triage. Add since when, what was found or tried, and what the specialist should answer.`,
    };
  }
  return undefined;
}
