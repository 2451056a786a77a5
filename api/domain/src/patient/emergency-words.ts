/**
 * A patient’s message made plain for reading by rules: small letters without accents or apostrophes, words run together taken apart, words
 * that are one slip of the thumb away from a word the rules know put right. What is a word of its own is left alone.
 */

/** Run together, or written as they sound. */
const TOGETHER: readonly (readonly [RegExp, string])[] = [
  [/\bchestpains?\b/g, 'chest pain'],
  [/\bheartattack\b/g, 'heart attack'],
  [/\bcantbreathe?\b/g, 'cant breathe'],
  [/\balot\b/g, 'a lot'],
  [/\bnopuedo\b/g, 'no puedo'],
  [/\bpe(?:x|sh|ch|cj)o\b/g, 'pecho'],
  [/\bmy self\b/g, 'myself'],
  [/\b(?:can not|can t|ca nt|cnt|kant)\b/g, 'cant'],
  [/\bcannot\b/g, 'cant'],
  [/\bwill not\b/g, 'wont'],
  [/\bdo not\b/g, 'dont'],
  [/\bu\b/g, 'you'],
  [/\btrubble\b/g, 'trouble'],
];

/** Words the rules look for. */
const KNOWN = (
  'chest heart attack pain pains hurts hurting tight tightness pressure crushing squeezing breath breathe breathing cant ' +
  'trouble difficulty shortness short gasping choking suffocating bleeding blood vomiting throwing coughing hemorrhage ' +
  'hemorrhaging stroke seizure seizures numb slurred speech drooping fainted unconscious unresponsive collapsed suicide ' +
  'suicidal overdose overdosed poison swallowed swelling throat tongue ambulance emergency pecho duele dolor corazon ' +
  'infarto ataque puedo respirar respira dificultad falta sangre sangrando sangrar convulsion convulsionando derrame ' +
  'desmaye garganta suicidio suicidarme pastillas sobredosis emergencia ambulancia ahogando morir matar'
).split(' ');
const KNOWN_WORDS = new Set(KNOWN);

/** Words of their own that are one letter away from one of those. */
const OTHER_WORDS = new Set(
  (
    'might drool drooling heard hears heat hear hearts heal health chess chase cheat crest quest paint paid pair plain main rain gain paints want cast cart cent ' +
    'cants count cans hunts hurt burn turns burnt night right light fight sight tighten short shot shots shirt shore sport start shorts ' +
    'number thumb dumb breadth bread threat throats flood bloody blond brood brooding breeding bleed strike stoke strokes ' +
    'speed sleep attach attacks poisons person prison swelling smelling spelling selling dwelling throwing growing knowing ' +
    'treat great wreath breast breasts seizes faint painted tainted joking poking smoking cooking checking pressures pleasure measure ' +
    'puede pueda puedes pudo ruedo miedo pecos hecho techo lecho dicho mucho derecho color calor dolores sabor valor suele vuele huele duelen muele ' +
    'respiro respire faltan falto alta salta malta ataques sangra sangran derrames sangro mudo pedo puesto morirme vivir mirar mover ' +
    'matas mata marar atacar pastilla tomar placa pasar parar estoy'
  ).split(' '),
);

/** Whether one letter was left out, added, changed, or swapped with its neighbour (optimal string alignment of at most one). */
function isOneSlipFrom(written: string, word: string): boolean {
  const difference = written.length - word.length;
  if (Math.abs(difference) > 1 || written === word) return false;
  let at = 0;
  while (at < written.length && written[at] === word[at]) at += 1;
  const [left, right] = [written.slice(at), word.slice(at)];
  if (difference === 1) return left.slice(1) === right;
  if (difference === -1) return left === right.slice(1);
  return left.slice(1) === right.slice(1) || (left[0] === right[1] && left[1] === right[0] && left.slice(2) === right.slice(2));
}

function putRight(written: string): string {
  if (written.length < 4 || KNOWN_WORDS.has(written) || OTHER_WORDS.has(written)) return written;
  return KNOWN.find((word) => word.length >= 4 && isOneSlipFrom(written, word)) ?? written;
}

// Where one statement ends and another begins.
const BREAKS =
  /[.!?;:\n\r]+|\b(?:but|however|though|although|except|pero|aunque|sin embargo)\b|,|\b(?:and|y|so|because|porque)\b(?= (?:i|im|ive|my|he|she|it|we|now|hes|shes|me|mi|no|ya|ahora|hoy|se|le|esta|estoy|tengo)\b)/;

/** The statements of a message, each as plain words with one space between. Commas part them too. */
export function statementsOf(message: string): string[] {
  const plain = message
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .replaceAll(/['’‘`´]/g, '')
    .replaceAll(/[^a-z0-9.!?;:,\n\r]+/g, ' ');
  const apart = TOGETHER.reduce((text, [from, to]) => text.replaceAll(from, to), plain);
  return apart
    .split(BREAKS)
    .map((statement) =>
      statement
        .split(' ')
        .filter((word) => word !== '')
        .map(putRight)
        .join(' '),
    )
    .filter((statement) => statement !== '');
}
