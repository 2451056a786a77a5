/**
 * Whether a patient’s message may tell of an emergency. It is read by rules and nothing else: the answer is a fixed text to call 911 and an
 * alert to the staff, whatever else the message says (R77, R78). Where it is unclear it counts as one: a text too many costs little.
 */
import { EMERGENCY_RULES, type EmergencyKind } from './emergency-rules.ts';
import { statementsOf } from './emergency-words.ts';

/** "no", with nobody between it and what it denies: in "I don’t know, my chest hurts" it denies something else. */
const DENIED =
  /\b(?:no(?! (?:one|se|sure))|not(?! sure)|never|without|nor|neither|deny|denies|denied|negative for|dont have|dont feel|doesnt have|havent(?: had)?|hasnt(?: had)?|wasnt|isnt|arent|aint|free of|no longer|sin|ningun|ninguna|nunca|jamas|tampoco|ni|niega)\b(?!.*\b(?:i|im|my|he|she|hes|shes|mi|puedo)\b)/;
const NOT_DENIED = /\bno(?:t)? (?:only|just|solo|better|mejor|relief|sure|se)\b/;
const OVER_NOW =
  /^(?: \w+){0,3} (?:stopped|is gone|went away|is better|has stopped|clinic|paro|ya paso|se quito|records?|awareness|walk)\b/;

const LONG_AGO =
  /\b(?:(?:19|20)\d\d|(?:\w+|\d+) (?:years?|yrs?|months?) ago|years ago|last year|history of|back in|as a (?:child|kid|baby|teen\w*)|when i was|used to|in the past|old|previous|prior|hace (?:\w+ )?(?:anos?|meses)|antecedentes?|cuando era|de (?:nino|nina|joven|chico|chica)|el ano pasado|died|passed away|murio|fallecio)\b/;
const NOW = /\b(?:now|today|tonight|again|right now|currently|still|this morning|ahora|hoy|otra vez|de nuevo|todavia|esta manana)\b/;

const isDenied = (before: string): boolean => DENIED.test(before) && !NOT_DENIED.test(before);
const isPast = (statement: string): boolean => LONG_AGO.test(statement) && !NOW.test(statement);

/** @returns what it may be an emergency of; undefined where nothing in it says so */
export function emergencyIn(message: string): EmergencyKind | undefined {
  for (const statement of statementsOf(message)) {
    if (isPast(statement)) continue;
    for (const { kind, pattern } of EMERGENCY_RULES) {
      const found = pattern.exec(statement);
      if (!found) continue;
      const before = statement.slice(0, found.index);
      const after = statement.slice(found.index + found[0].length);
      if (!isDenied(before) && !OVER_NOW.test(after)) return kind;
    }
  }
  return undefined;
}
