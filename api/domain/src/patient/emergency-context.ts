/**
 * What takes the alarm out of a finding: that it is denied, long past or over. Each has to stand directly before or after it; somewhere in the
 * same sentence it may be about anything. What is told to be back, or to be like never before, is now, whatever was said first. In doubt it counts:
 * a text too many costs a call.
 */

const words = (...groups: string[]): string => `(?:${groups.join(' ').trim().split(/\s+/).join('|')})`;

/** May stand between such a word and what it governs. */
const BETWEEN = words(
  'a an any the my his her our more of or and nor real really actual bad severe serious new other further such much kind type sign signs symptom',
  'symptoms history had have having has been be feel feeling felt get getting got experience experienced experiencing seen notice noticed',
  'complaining complaints currently now today this that longer thoughts thought plan plans trouble take taking',
  'tengo tiene tenia tuve tuvo estoy esta estaba hay he ha habia tenido me le se siento sentido sentir ningun ninguna el la los las mi su de un una mas ni o y',
  'senales sintomas dificultad',
);

const NEGATIONS = words(
  'no not never without nor neither deny denies denied denying isnt arent wasnt werent aint dont doesnt didnt havent hasnt hadnt',
  'sin nunca jamas tampoco ni niego niega',
);
const NEGATION = `\\b(?:${NEGATIONS}|free of|negative for)`;
const DENIED = new RegExp(`${NEGATION}(?: ${BETWEEN}){0,6} ?$`);
/** "no chest pain or trouble breathing": what is joined to something denied is denied with it. */
const DENIED_TOGETHER = new RegExp(`${NEGATION}(?: \\w+){1,8} (?:or|nor|ni|o)(?: ${BETWEEN}){0,3} ?$`);
/** "I have never had such pain": it is denied of any time before. */
const LIKE_NEVER_BEFORE =
  /\b(?:never|not|havent|hasnt|nunca|jamas)\b.*\b(?:such|like (?:this|that|it)|(?:this|so|as|that) (?:bad|much|hard|strong|heavy|heavily|badly)|worse|until now|before (?:now|today|this)|asi|tan|tanto|tanta|hasta ahora)\b/;

const YEAR = '(?:19|20)\\d\\d';
const YOUNG =
  '(?:(?:as|when (?:i|he|she) was) (?:a |an )?(?:kid|child|baby|boy|girl|teen\\w*|student|young\\w*|little|small|\\d+|\\w+ years? old)|cuando era (?:nin[oa]|joven|chic[oa]|pequen[oa])|de (?:nin[oa]|joven|chic[oa]))';
const AGO = '(?:(?:years?|yrs?|months?|decades?) (?:ago|back)|last year|in the past|back in \\w+|el ano pasado)';
const LONG_AGO = `(?:${YEAR}|${YOUNG}|${AGO})`;
const PERSONS = words(
  'i he she we they you mom mother dad father brother sister husband wife son daughter grandmother grandfather grandma grandpa',
  'aunt uncle friend yo mama papa abuela abuelo hermano hermana hijo hija suffered',
);
const PAST_BEFORE = new RegExp(
  `(?:\\b(?:history of|antecedentes? de|used to (?:have|get|feel|suffer from)|solia (?:tener|sentir)|(?:died|passed away) (?:of|from|after)|(?:murio|fallecio) (?:de|por)|old|previous|prior)|\\b${LONG_AGO})(?: (?:${BETWEEN}|${PERSONS})){0,5} ?$`,
);
const PAST_AFTER = new RegExp(`^(?: \\w+){0,4} ${LONG_AGO}\\b`);
/** Of what hurts, "hace dos meses" is since two months; of what was had, two months ago. */
const HAD_IN_SPANISH = /\b(?:tuve|tuvo|tenia|tuvimos|dio|sufri|sufrio|fue)\b/;
const HACE = /^(?: \w+){0,2} hace (?:\w+ ){0,2}(?:anos?|meses)\b/;

/** "has not stopped" is not over. */
const OVER_AFTER =
  /^(?: (?!(?:not|never|hasnt|havent|isnt|didnt|wont|no|nunca|jamas|sin)\b)\w+){0,3} (?:stopped|has stopped|is gone|are gone|went away|is better|is over|paro|ya paso|se (?:me |le )?quito)\b/;
/** Names a place or a paper, and no finding. */
const A_NAME_AFTER = /^(?: \w+)? (?:clinic|records?|awareness|walk|class|doctor|office)\b/;
const A_SUBJECT_BEFORE =
  /\b(?:treats?|treating|speciali[sz]es? in|atienden?|(?:medicines?|medications?|meds?|pills?|medicinas?|pastillas) (?:for|para)|(?:will|would) there be) ?$/;

const NOW = /\b(?:now|today|tonight|again|right now|currently|still|this morning|ahora|hoy|otra vez|de nuevo|todavia|esta manana)\b/;
/** Looked for from the finding to the end of the message. */
const BACK =
  /\b(?:again|(?:is|its|are|came|comes|coming|has come|have come|pain) back(?! in)|return(?:s|ed|ing)|(?:get|getting|got|is|its|even) worse|(?:never|not) (?:\w+ ){0,2}(?:like this|like that|this bad|so bad)|otra vez|de nuevo|regres[oa]\w*|volvio|volviendo|vuelve|peor|nunca asi)\b/;

/** "I never had it before, but now I do." */
const NOW_IT_IS =
  /\bnow (?:i|he|she|we|they) (?:do(?! have)|does|have it|has it|have some|feel it)\b|\b(?:i|he|she) (?:do|does) (?:now|today)\b|\b(?:ahora|hoy) si\b/;
/** Whoever is at work and cannot talk just now. */
const BUSY =
  /^(?:sorry|hi|hello|perdon|disculpe|yo|i| )*(?:cant (?:talk|speak)(?: right)? (?:now|today|here)|no puedo hablar (?:ahora|hoy|en este momento))|^(?:perdon|disculpe|yo| )*(?:ahora|hoy) no puedo hablar$/;

export type Finding = {
  /** Of its statement. */
  before: string;
  found: string;
  after: string;
  /** The statements that follow. */
  rest: string;
};

const isDenied = ({ before, found, after }: Finding): boolean =>
  (DENIED.test(before) || DENIED_TOGETHER.test(before)) && !LIKE_NEVER_BEFORE.test(`${before}${found}${after}`);

function isPast({ before, found, after }: Finding): boolean {
  if (NOW.test(`${found}${after}`)) return false;
  return PAST_BEFORE.test(before) || PAST_AFTER.test(after) || (HAD_IN_SPANISH.test(`${before}${found}`) && HACE.test(after));
}

/** Whether what was found is told as of now, or may be. */
export function isOfNow(finding: Finding): boolean {
  if (A_NAME_AFTER.test(finding.after) || A_SUBJECT_BEFORE.test(finding.before)) return false;
  if (BUSY.test(`${finding.before}${finding.found}${finding.after}`)) return false;
  if (isDenied(finding)) return NOW_IT_IS.test(`${finding.after} ${finding.rest}`);
  const isBack = BACK.test(`${finding.found}${finding.after} ${finding.rest}`);
  return isBack || !(isPast(finding) || OVER_AFTER.test(finding.after));
}
