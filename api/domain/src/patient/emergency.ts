/**
 * Whether a patient’s message may tell of an emergency. It is read by rules and nothing else: the answer is a fixed text to call 911 and an
 * alert to the staff, whatever else the message says (R77, R78). Where it is unclear it counts as one: a text too many costs little.
 */
import { isOfNow } from './emergency-context.ts';
import { EMERGENCY_RULES, type EmergencyKind } from './emergency-rules.ts';
import { statementsOf } from './emergency-words.ts';

/** @returns what it may be an emergency of; undefined where nothing in it says so */
export function emergencyIn(message: string): EmergencyKind | undefined {
  const statements = statementsOf(message);
  for (const [at, statement] of statements.entries()) {
    for (const { kind, pattern } of EMERGENCY_RULES) {
      // Each time it is said: the first may be denied and the second not.
      for (const match of statement.matchAll(pattern)) {
        const [found] = match;
        const before = statement.slice(0, match.index);
        const after = statement.slice(match.index + found.length);
        // Only where it matters is the rest put together.
        const rest = statements.slice(at + 1).join(' ');
        if (isOfNow({ before, found, after, rest })) return kind;
      }
    }
  }
  return undefined;
}
