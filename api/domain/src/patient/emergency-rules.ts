/**
 * What in a patient’s message may be an emergency. Chest pain, difficulty breathing and severe bleeding are the requirement’s own (R77); the
 * others are the warning signs of a medical emergency of the American College of Emergency Physicians as health libraries repeat them (choking,
 * fainting, sudden weakness or confusion, coughing or vomiting blood, poisoning, overdose, severe allergic reaction, head injury, thoughts of
 * suicide). The phrases are ours. They are read in plain words (emergency-words.ts): no accents, no apostrophes.
 */
export type EmergencyKind = 'chest' | 'breathing' | 'bleeding' | 'brain' | 'self-harm' | 'poison' | 'allergy' | 'injury' | 'asked-for-help';

type Rule = { kind: EmergencyKind; pattern: RegExp };
const rule = (kind: EmergencyKind, ...phrases: string[]): Rule => ({ kind, pattern: new RegExp(`\\b(?:${phrases.join('|')})\\b`) });

const HURT =
  '(?:pains?|hurts?|hurting|aches?|aching|pressure|tight|tightness|heavy|heaviness|discomfort|burning|killing|squeez\\w+|crush\\w+)';
const CHEST_BY_ITSELF = '(?!(?: x ?rays?| ct| scan| clinic| doctor))';
const GAP = '(?: \\w+){0,6}';
const CANT = '(?:cant|cannot|couldnt|unable to|not able to|cant even|can barely|can hardly|barely|hardly)';

const ENGLISH: readonly Rule[] = [
  rule(
    'chest',
    `chest${CHEST_BY_ITSELF}${GAP} ${HURT}`,
    `${HURT}${GAP} chest${CHEST_BY_ITSELF}`,
    'heart attack',
    'grabbing (?:his|her|my) chest',
    'elephant${GAP} chest',
  ),
  rule(
    'breathing',
    `${CANT}(?: \\w+){0,2} (?:breath|breathe|catch (?:my|his|her) breath|get (?:any )?air)`,
    '(?:trouble|difficulty|problems?|hard time|struggling|hard|harder|tough)(?: to| with)?(?: \\w+){0,2} (?:breath|breathe|breathing)',
    'breathing is (?:hard|bad|difficult)',
    '(?:short|shortness|out) of breath',
    '(?:not|stopped|isnt|quit) breathing',
    'gasping',
    'choking',
    'suffocating',
    '(?:turn\\w*|lips?(?: \\w+){0,3}|he is|she is) blue',
    'wheezing (?:bad|badly|a lot)',
  ),
  rule(
    'bleeding',
    `(?:wont|cant|doesnt|will not|not)(?: \\w+)? (?:stop|quit)(?: the)? bleeding`,
    'bleeding (?:wont|doesnt|will not|does not|cant) stop',
    'bleed\\w*(?: \\w+){0,2} (?:a lot|lots|heavily|heavy|badly|bad|out|everywhere|like crazy|nonstop)',
    '(?:severe|heavy|heavily|massive|uncontrolled|serious|bad|lot of) (?:bleeding|bleed)',
    '(?:vomit\\w*|throw\\w* up|threw up|cough\\w*(?: up)?|spit\\w*(?: up)?|puk\\w+)(?: \\w+){0,6} blood',
    'blood(?: \\w+){0,3} (?:cough|vomit|when i cough)',
    '(?:lots|a lot|so much|too much|tons) of blood',
    'blood(?: \\w+)? (?:everywhere|pouring|gushing)',
    'hemorrhag\\w*',
    'pregnant(?: \\w+){0,3} bleeding',
    'soaked (?:\\w+ )?(?:towels?|pads?)',
  ),
  rule(
    'brain',
    '(?:having|had|has|have|is|signs of|symptoms of|be) (?:a|an) stroke',
    'stroke symptoms',
    'fac(?:e|ial)(?: \\w+){0,3} (?:droop\\w*|numb|fell|twisted)',
    'slurr\\w+',
    'cant(?: \\w+)? (?:talk|speak|move|feel|see|swallow)(?: \\w+){0,1} ?(?:right|straight|anything|well|out|my|his|her)?$',
    'cant(?: \\w+)? (?:move|feel|see out of|talk|speak)(?: my| his| her| the| right| straight)',
    '(?:arm|leg|side|hand)(?: \\w+){0,2} (?:weak|numb|limp|paralyzed|went numb)',
    'sudden\\w*(?: \\w+){0,3} (?:weak\\w*|numb\\w*|confus\\w+|blind)',
    'seizures?|seizing|convulsing',
    'unconscious|unresponsive|not responding|isnt responding|not waking up',
    '(?:wont|cant|doesnt|will not) wake(?: \\w+)? ?(?:up)?',
    'passed out|passing out|fainted|fainting|blacked out|collapsed',
    'worst headache',
    '(?:lost|losing|loss of) (?:my |his |her )?(?:vision|sight)',
    'confused(?: \\w+){0,4} (?:dont|doesnt|not|throwing|vomiting|where)',
    '(?:very|really|so|suddenly) confused',
  ),
  rule(
    'self-harm',
    'suicid\\w*',
    '(?:kill|killing|hurt|hurting|harm|harming|shoot|hang) myself',
    '(?:want|going|ready|rather|wish i was|wish i were)(?: to)? (?:die|dead)',
    'better off (?:dead|without me)',
    '(?:dont|do not) (?:want|wanna)(?: to)? (?:live|be alive|be here)',
    '(?:end|ending|take|taking) (?:my (?:own )?life|it all)',
    'no reason to live|nothing to live for|tired of living',
    'cut (?:my|his|her) wrists?',
  ),
  rule(
    'poison',
    'overdos\\w*',
    'too many(?: of)?(?: \\w+){0,2} (?:pills?|tablets?|meds?)',
    'whole bottle',
    '(?:swallowed|drank|ate)(?: \\w+){0,2} (?:bleach|poison|cleaner|detergent|antifreeze|batter\\w+)',
    'poisoned',
  ),
  rule(
    'allergy',
    'throat(?: \\w+){0,2} (?:closing|swelling|swollen|closed)',
    '(?:tongue|lips?|face)(?: \\w+){0,3} (?:swelling|swollen|swelled)',
    '(?:swelling|swollen)(?: \\w+){0,3} (?:tongue|lips|throat|face)',
    'anaphyla\\w+',
    'epi ?pen',
    '(?:bad|severe|serious) allergic reaction',
  ),
  rule(
    'injury',
    'cant (?:move|feel)(?: \\w+)? legs?',
    '(?:hit|hurt|cracked)(?: \\w+)? head(?: \\w+){0,4} (?:confus\\w+|vomit\\w*|throwing|unconscious|wont|hard)',
    '(?:shot|stabbed)$',
    '(?:been|was|got) (?:shot|stabbed|hit by a car)',
    '(?:bad|severe|serious) burns?',
    'broken neck',
    'drown\\w+',
  ),
  rule('asked-for-help', 'need (?:an )?ambulance', '(?:call|calling) 911', 'this is an emergency', 'help me (?:please )?im dying'),
];

const ARM = '(?:brazo|pierna|lado|cara|cuerpo|mano)';
const SPANISH: readonly Rule[] = [
  rule(
    'chest',
    '(?:duele|doliendo|dolor|dolores|presion|opresion|aprieta|apreton|ardor|molestia|punzadas?)(?: \\w+){0,4} pecho',
    'pecho(?: \\w+){0,3} (?:duele|aprieta|dolor|oprime|pesa)',
    'infarto|ataque (?:al|de|del) corazon|ataque cardiaco',
  ),
  rule(
    'breathing',
    'no (?:puedo|puede|logro|logra|alcanzo a)(?: \\w+)? respirar',
    'no (?:respira|esta respirando|respiro)',
    '(?:cuesta|dificultad|problemas?|trabajo|dificil)(?: \\w+){0,2} respirar',
    '(?:falta|faltando)(?: \\w+)? (?:el |de |la )?(?:aire|respiracion|aliento)',
    '(?:ahogando|ahogo|ahoga|asfixiando|asfixia|atraganto|atragantado|atragantando)',
    '(?:labios|cara)(?: \\w+)? (?:morad\\w+|azul\\w*)',
  ),
  rule(
    'bleeding',
    'no (?:para|deja|paro|dejo|puede parar|se detiene)(?: de)? sangr\\w+',
    '(?:sangrando|sangro|sangra|sangrado|sangre)(?: \\w+)? (?:mucho|muchisimo|abundante|demasiado|bastante)',
    'mucha sangre|hemorragia|demasiada sangre',
    '(?:vomit\\w+|tos\\w*|escup\\w+)(?: \\w+){0,2} sangre',
    'embarazada(?: \\w+){0,3} sangr\\w+|sangr\\w+(?: \\w+){0,3} embarazada',
  ),
  rule(
    'brain',
    'derrame|embolia|ataque cerebral|trombosis',
    'cara(?: \\w+)? (?:caida|torcida|dormida|chueca)|(?:torcio|durmio|paralizo|cayo)(?: \\w+){0,3} (?:cara|boca|brazo|pierna|lado)',
    `no (?:puedo|puede)(?: \\w+)? (?:hablar|mover|moverme|moverse|ver)`,
    `(?:durmio|dormido|entumecido|entumecida|debil|paralizado|paralizada)(?: \\w+){0,3} ${ARM}`,
    `${ARM}(?: \\w+){0,2} (?:dormid\\w|entumecid\\w|debil|paralizad\\w)`,
    'convuls\\w+|ataque epileptico',
    'inconsciente|no (?:despierta|reacciona|responde|contesta|vuelve en si)',
    'desmay\\w+|perdio el conocimiento|perdi el conocimiento|se cayo al piso',
    'peor dolor de cabeza|dolor de cabeza(?: \\w+){0,2} fuerte(?: \\w+)? (?:repente|repentino)',
    '(?:perdi|perdio)(?: \\w+)? (?:vista|vision)|no veo (?:nada|de un ojo|bien de repente)',
    '(?:muy|esta) confundid\\w',
  ),
  rule(
    'self-harm',
    'suicid\\w+',
    '(?:quiero|quisiera|voy a|ganas de|deseo|pienso en)(?: \\w+)? (?:morir|morirme|matar|matarme|quitarme la vida|hacerme dano|lastimarme)',
    'me quiero (?:morir|matar)|quiero estar muert\\w',
    'no quiero (?:vivir|seguir viviendo|estar vivo|estar viva)',
    'quitarme la vida|acabar con mi vida|terminar con mi vida',
  ),
  rule(
    'poison',
    'sobredosis',
    '(?:tom\\w+|trag\\w+|beb\\w+)(?: \\w+){0,2} (?:veneno|cloro|detergente|lejia|raticida|pilas?)',
    '(?:tom\\w+|trag\\w+)(?: \\w+)? (?:muchas|todas|demasiadas|todo el frasco)(?: \\w+){0,2}(?: pastillas| medicinas)?',
    'envenen\\w+|intoxic\\w+',
  ),
  rule(
    'allergy',
    '(?:cierra|cerrando|hincha|hinchando|hincho|cerro)(?: \\w+){0,3} (?:garganta|lengua|cara|labios)',
    '(?:garganta|lengua|labios|cara)(?: \\w+){0,2} (?:hinchad\\w+|cerrad\\w+|cerrando)',
    'reaccion alergica (?:grave|fuerte|severa)|anafila\\w+',
  ),
  rule('injury', '(?:golpe\\w*|pego)(?: \\w+){0,2} cabeza', 'quemadura grave|se quemo (?:mucho|todo)', 'balazo|apunal\\w+|atropell\\w+'),
  rule('asked-for-help', '(?:necesito|llamen|manden|llame)(?: \\w+)? ambulancia', 'es una emergencia', 'llam\\w+(?: al)? 911'),
];

export const EMERGENCY_RULES: readonly Rule[] = [...ENGLISH, ...SPANISH];
