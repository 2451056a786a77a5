/**
 * What in a patient’s message may be an emergency. Chest pain, difficulty breathing and severe bleeding are the requirement’s own (R77); the
 * others are the warning signs of a medical emergency of the American College of Emergency Physicians as health libraries repeat them (choking,
 * fainting, sudden weakness or confusion, coughing or vomiting blood, poisoning, overdose, severe allergic reaction, head injury, thoughts of
 * suicide). The phrases are ours. They are read in plain words (emergency-words.ts): no accents, no apostrophes.
 */
export type EmergencyKind =
  | 'chest'
  | 'breathing'
  | 'bleeding'
  | 'brain'
  | 'self-harm'
  | 'poison'
  | 'allergy'
  | 'injury'
  | 'sugar'
  | 'asked-for-help';

type Rule = { kind: EmergencyKind; pattern: RegExp };
const rule = (kind: EmergencyKind, ...phrases: string[]): Rule => ({ kind, pattern: new RegExp(`\\b(?:${phrases.join('|')})\\b`, 'g') });

const HURT =
  '(?:pains?|hurts?|hurting|aches?|aching|pressure|tight|tightness|heavy|heaviness|discomfort|burning|killing|squeez\\w+|crush\\w+|flutter\\w*)';
const CHEST_BY_ITSELF = '(?!(?: x ?rays?| ct| scan| clinic| doctor))';
// As short as it can be: what is said twice is found twice.
const GAP = '(?: \\w+){0,6}?';
const PILLS = '(?:pills?|tablets?|capsules?|meds|medications?|medicines?|tylenol|ibuprofen|aspirins?|insulin)';
const PASTILLAS = '(?:pastillas|pildoras|tabletas|medicinas|medicamentos)';
const ABOUT_TO =
  '(?:about to|going to|gonna|almost|nearly|like i(?:ll| will| might| may| could| am going to)?|think i(?:ll| will| might| may)?|might|may)';
const CANT = '(?:cant|cannot|couldnt|unable to|not able to|cant even|can barely|can hardly|barely|hardly)';

const ENGLISH: readonly Rule[] = [
  rule(
    'chest',
    `chest${CHEST_BY_ITSELF}${GAP} ${HURT}`,
    `${HURT}${GAP} chest${CHEST_BY_ITSELF}`,
    'heart attack',
    'jaw(?: \\w+){0,2} arm|arm(?: \\w+){0,2} jaw',
    '(?:pains?|shooting|going|radiating|spreading)(?: \\w+){0,2} (?:down|into|to)(?: \\w+)? left arm',
    'heart (?:is |has )?(?:stopped|stopping|beating out of)',
    'grabbing (?:his|her|my) chest',
    'chest(?: \\w+)? feel\\w*(?: \\w+)? (?:funny|weird|strange|odd)|(?:funny|weird|strange|odd) (?:feeling|sensation)(?: \\w+){0,3} chest',
    `(?:sitting|standing|pressing|pushing|weight|brick|ele(?:ph|f)ant|band|vise)${GAP} chest${CHEST_BY_ITSELF}`,
    `chest${CHEST_BY_ITSELF}${GAP} (?:sitting|standing|pressing|pushing|weight|vise)`,
  ),
  rule(
    'breathing',
    `${CANT}(?: \\w+){0,2} (?:breath|breathe|catch (?:my|his|her) breath|get (?:any )?air)`,
    '(?:trouble|difficulty|problems?|hard time|struggling|hard|harder|tough)(?: to| with)?(?: \\w+){0,2} (?:breath|breathe|breathing)',
    'breathing is (?:hard|bad|difficult)',
    '(?:trouble|difficulty|hard time|struggling|hard|cant seem)(?: to)? (?:get|getting|catch|catching)(?: \\w+){0,2} (?:air|breath)',
    'can no longer breathe?|no longer (?:breathing|able to breathe?)',
    '(?:short|shortness|out) of breath',
    '(?:not|stopped|isnt|quit) breathing',
    '(?:lips?|face|skin|fingers|he is|she is|baby)(?: \\w+){0,3} (?:purple|gr[ae]y|blue)',
    'gasping',
    'choking',
    'suffocating',
    '(?:turn\\w*|lips?(?: \\w+){0,3}|he is|she is) blue',
    'wheezing (?:bad|badly|a lot)',
    '(?:fighting|desperate|hungry) for (?:air|breath)|no air (?:is )?(?:coming|going|getting)',
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
    'blood(?: \\w+){0,3} (?:everywhere|pour\\w*|gush\\w*|squirt\\w*|spurt\\w*|spray\\w*|pump\\w*|running down|soak\\w*)',
    '(?:pour\\w*|gush\\w*|squirt\\w*|spurt\\w*|spray\\w*|pump\\w*|los(?:ing|t))(?: \\w+){0,3} blood',
    'ble(?:ed\\w*|d)(?: \\w+){0,3} through',
    '(?:poop\\w*|pass\\w*|shit\\w*|crap\\w*)(?: \\w+){0,2} (?:blood|clots)',
    '(?:pee\\w*|piss\\w*|urinat\\w*)(?: \\w+){0,2} blood(?: \\w+){0,4} (?:dizzy|faint|weak|clots?)',
    '(?:blood|black|tarry)(?: \\w+){0,3} (?:stools?|poop)(?: \\w+){0,4} (?:dizzy|faint|weak|lightheaded)',
    '(?:cut|hit|nicked)(?: \\w+){0,2} (?:artery|vein)',
    'water (?:just )?(?:broke|has broken)|(?:in|into|having) (?:labor|labour|contractions)',
    'hemorrhag\\w*',
    'bleeding(?! (?:a little|a bit|slightly|gums?|risk|time|tests?|disorder))',
    'blood(?: \\w+)? all over',
    'pregnant(?: \\w+){0,3} bleeding',
    'soaked (?:\\w+ )?(?:towels?|pads?)',
  ),
  rule(
    'brain',
    '(?:having|had|has|have|is|signs of|symptoms of|be) (?:a|an) stroke',
    'stroke symptoms',
    '(?:face|facial|mouth|eyelid)(?: \\w+){0,3} (?:droop\\w*|numb|fell|twisted)',
    'slurr\\w+',
    '(?:talk\\w*|speech|speak\\w*)(?: \\w+){0,2} (?:funny|weird|strange|garbled|gibberish|nonsense)',
    `words(?: \\w+){0,3} (?:wrong|jumbled|mixed up|garbled)|${CANT}(?: \\w+){0,2} (?:get|find)(?: \\w+){0,2} words`,
    '(?:one|left|right) side of (?:my|his|her|the)(?: \\w+){0,3} (?:weak|numb|limp|paralyzed|heavy)',
    'stroking out',
    `${CANT}(?: \\w+){0,2} move(?: \\w+){0,3} (?:arms?|legs?|hands?|side|face|body|neck|fingers?|foot|feet)`,
    `${CANT} wake`,
    '(?:no|lost|losing)(?: \\w+)? (?:strength|feeling|movement|sensation)(?: \\w+){0,3} (?:arm|leg|hand|side|face)',
    '(?:mouth|face|smile)(?: \\w+){0,3} (?:crooked|lopsided|sagging|uneven)',
    '(?:he|she|husband|wife|mom|mother|dad|father|son|daughter)(?: is)? (?:not|isnt) making(?: any)? sense|(?:had|having|has) a fit',
    'cant(?: \\w+)? (?:talk|speak|move|feel|see|swallow)(?: \\w+){0,1} ?(?:right|straight|anything|well|out|my|his|her)?$',
    'cant(?: \\w+)? (?:move|feel|see out of|talk|speak)(?: my| his| her| the| right| straight)(?! (?:appointment|appt|visit|time|date|schedule))',
    '(?:arm|leg|side|hand)(?: \\w+){0,2} (?:weak|numb|limp|paralyzed|went numb)',
    'sudden\\w*(?: \\w+){0,3} (?:weak\\w*|numb\\w*|confus\\w+|blind)',
    'seizures?|seizing|convulsing',
    'unconscious|unresponsive|(?:not|isnt|arent|wasnt) (?:responding|waking)(?: up)?',
    '(?:wont|cant|doesnt|will not) wake(?: \\w+)? ?(?:up)?',
    'passed out|passing out|fainted|fainting|blacked out|collapsed',
    'worst headache|(?:sudden\\w*|thunderclap|explosive)(?: \\w+){0,2} headache',
    `${ABOUT_TO}(?: \\w+)? (?:pass out|faint|black out|collapse)`,
    '(?:vision|sight|eyes?)(?: \\w+){0,3} (?:black|dark|blind|gone)|cant see(?: \\w+){0,3} eyes?|(?:gone|going|went) blind',
    '(?:lost|losing|loss of) (?:my |his |her )?(?:vision|sight)',
    'confused(?: \\w+){0,4} (?:dont|doesnt|not|throwing|vomiting|where)',
    '(?:very|really|so|suddenly) confused',
  ),
  rule(
    'self-harm',
    'suicid\\w*',
    '(?:kill|killing|hurt|hurting|harm|harming|shoot|hang) myself',
    '(?:want|wanna|gonna|going|ready|rather|wish i was|wish i were)(?: to)? (?:die|dead)',
    'better off (?:dead|without me)',
    '(?:dont|do not) (?:want|wanna)(?: to)? (?:live|be alive|be here)',
    '(?:end|ending|take|taking) (?:my (?:own )?life|it all)',
    '(?:dont|do not) see (?:the|any|a) point(?! in (?:coming|going|another))|no point in living',
    '(?:dont|do not|doesnt) feel like living',
    '(?:want|wanting|going|gonna|might|could|afraid i(?:ll| will| might)?)(?: to)? (?:hurt|kill|harm|shake) (?:my (?:baby|kids?|child\\w*|wife|husband|son|daughter)|someone|somebody|people)',
    'no reason to live|nothing to live for|tired of living',
    'cut (?:my|his|her) wrists?',
    '(?:plan\\w*|want\\w*|going|ready|tried|trying|decided|thinking|thought\\w*)(?: \\w+){0,3} (?:end|ending) (?:it|things|everything)',
    '(?:plan|ways?|thinking|thought|thoughts)(?: \\w+){0,3} (?:die|dying|death|kill|killing|suicide)',
    'cant (?:go on|keep going|live)(?: \\w+){0,2} (?:anymore|any more|like this)|(?:dont|do not) feel safe (?:alone|with myself|from myself)',
  ),
  rule(
    'poison',
    'overdos\\w*',
    'too many(?: of)?(?: \\w+){0,2} (?:pills?|tablets?|meds?)',
    'whole bottle',
    `(?:double|triple|twice)(?: \\w+){0,3} ${PILLS}`,
    `(?:took|taken|swallowed|ate|downed|drank)(?: \\w+){0,3} (?:all|every|whole|entire|full|handful|bunch|bottle|lots|a lot)(?: \\w+){0,3} ${PILLS}`,
    `(?:took|taken|swallowed|ate|downed|drank) (?:like |about |over )?(?:[1-9]\\d{1,2}|ten|fifteen|twenty|thirty|forty|fifty|sixty|hundred)(?: of)?(?: (?:my|his|her|the|these|those|sleeping|pain|sugar|heart))* ${PILLS}`,
    '(?:swallowed|drank|drunk|ate|eaten)(?: \\w+){0,2} (?:bleach|poison|cleaner|detergent|antifreeze|batter\\w+|magnets?|gasoline|chemicals?|drain)',
    'poisoned',
  ),
  rule(
    'allergy',
    'throat(?: \\w+){0,2} (?:closing|swelling|swollen|closed|tight|tightening)',
    'allergic reaction(?: \\w+){0,4} (?:swallow|breathe|breath|throat|face|tongue|lips)|(?:hives|allergic)(?: \\w+){0,4} (?:throat|tongue|lips)',
    '(?:tongue|lips?|face)(?: \\w+){0,3} (?:swelling|swollen|swelled)',
    '(?:swelling|swollen)(?: \\w+){0,3} (?:tongue|lips|throat|face)',
    'anaphyla\\w+',
    'epi ?pen',
    '(?:bad|severe|serious) allergic reaction',
  ),
  rule(
    'injury',
    'cant (?:move|feel)(?: \\w+)? legs?',
    '(?:hit|hurt|cracked|banged|injured)(?: \\w+)? head(?: \\w+){0,4} (?:confus\\w+|vomit\\w*|throwing|unconscious|wont|hard|remember|memory|dizzy|drowsy|sleepy)',
    '(?:shot|stabbed)$',
    '(?:been|was|got) (?:shot|stabbed|hit by a car)',
    'f[ae]ll(?: \\w+){0,4} (?:hit|struck|banged|cracked)(?: \\w+){0,2} head',
    '(?:baby|infant|newborn|toddler|child|kid)(?: \\w+){0,8} (?:is|goes|went|gone|all|feels|looks) limp',
    'swallow\\w*(?: \\w+){0,3} drool\\w*',
    '(?:bad|severe|serious) burns?',
    'broken neck',
    'drown\\w+',
  ),
  // Below 54 mg/dL, or 400 and more with what goes with it: low is of the American Diabetes Association (level 2), high is ours.
  rule('sugar', 'sugar(?: \\w+){0,3} (?:[1-4]\\d|5[0-3]|[4-9]\\d\\d)'),
  rule(
    'asked-for-help',
    '(?:need|send|get|want|call)(?: \\w+){0,2} ambulance(?! (?:bill|ride|charge|company))',
    '(?:call|calling) 911',
    'this is an emergency',
    'need help (?:right now|now|immediately|asap)',
    '(?:i am|im|he is|hes|she is|shes|baby is) dying(?! (?:to|for|of (?:curiosity|boredom|laughter|hunger)))',
  ),
];

// "No puedo mover la cita", "no puedo ver la página".
const OF_A_VISIT =
  '(?! (?:\\w+ ){0,2}(?:cita|citas|consulta|hora|fecha|dia|pagina|mensaje|enlace|resultados|doctor|doctora|correo|documento)\\b)';
const ARM = '(?:brazo|pierna|lado|cara|cuerpo|mano)';
const SPANISH: readonly Rule[] = [
  rule(
    'chest',
    '(?:duele|duelen|doliendo|dolido|dolio|dolor|dolores|siento|sensacion|presion|opresion|aprieta|apreton|ardor|molestia|punzadas?)(?: \\w+){0,4} pecho',
    'pecho(?: \\w+){0,3} (?:duele|aprieta|dolor|oprime|pesa)',
    'infarto|ataque (?:al|de|del) corazon|ataque cardiaco',
  ),
  rule(
    'breathing',
    'no (?:puedo|puede|logro|logra|alcanzo a)(?: \\w+)? respirar',
    'no (?:respira|esta respirando|respiro)',
    '(?:cuesta|dificultad|problemas?|trabajo|dificil)(?: \\w+){0,2} respirar',
    '(?:falta|faltando)(?: \\w+)? (?:el |de |la )?(?:aire|respiracion|aliento)',
    'sin (?:aire|aliento|respiracion|poder respirar)',
    '(?:ahogando|ahogo|ahoga|asfixiando|asfixia|atraganto|atragantado|atragantando)',
    '(?:labios|cara)(?: \\w+)? (?:morad\\w+|azul\\w*)',
  ),
  rule(
    'bleeding',
    'no (?:para|deja|paro|dejo|puede parar|se detiene)(?: de)? sangr\\w+',
    '(?:sangrando|sangro|sangra|sangrado|sangre)(?: \\w+)? (?:mucho|muchisimo|abundante|demasiado|bastante)',
    'sangrando',
    'mucha sangre|hemorragia|demasiada sangre|desangr\\w+',
    '(?:sale|saliendo|chorro\\w*|brota\\w*|evacu\\w+|perdiendo|perdi)(?: \\w+){0,2} sangre|sangre(?: \\w+){0,2} (?:a chorros|por todos lados)',
    'rompio la fuente|dolores de parto',
    '(?:vomit\\w+|tos\\w*|escup\\w+)(?: \\w+){0,2} sangre',
    'embarazada(?: \\w+){0,3} sangr\\w+|sangr\\w+(?: \\w+){0,3} embarazada',
  ),
  rule(
    'brain',
    'derrame|embolia|ataque cerebral|trombosis',
    'cara(?: \\w+)? (?:caida|torcida|dormida|chueca)|(?:torcio|durmio|paralizo|cayo)(?: \\w+){0,4} (?:cara|boca|brazo|pierna|lado)',
    `no (?:puedo|puede)(?: \\w+)? (?:hablar|mover|moverme|moverse|ver)${OF_A_VISIT}`,
    `no (?:siento|siente|muevo|mueve)(?: \\w+)? ${ARM}`,
    'voy a desmayar\\w*',
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
    '(?:no tengo|sin) (?:ganas|motivos?|razon|razones) (?:de|para) vivir|me mato(?! (?:trabajando|estudiando))',
    'quitarme la vida|acabar con mi vida|terminar con mi vida',
  ),
  rule(
    'poison',
    'sobredosis',
    '(?:tom\\w+|trag\\w+|beb\\w+)(?: \\w+){0,2} (?:veneno|cloro|detergente|lejia|raticida|pilas?)',
    '(?:tom\\w+|trag\\w+)(?: \\w+)? (?:muchas|todas|demasiadas|todo el frasco)(?: \\w+){0,2}(?: pastillas| medicinas)?',
    `(?:tome|tomo|trague|trago) (?:como )?(?:[1-9]\\d{1,2}|veinte|treinta|cuarenta|cincuenta) ${PASTILLAS}`,
    'envenen\\w+|intoxic\\w+',
  ),
  rule(
    'allergy',
    '(?:cierra|cerrando|hincha|hinchando|hincho|cerro)(?: \\w+){0,3} (?:garganta|lengua|cara|labios)',
    '(?:garganta|lengua|labios|cara)(?: \\w+){0,2} (?:hinchad\\w+|cerrad\\w+|cerrando)',
    'reaccion alergica (?:grave|fuerte|severa)|anafila\\w+',
  ),
  rule('injury', '(?:golpe\\w*|pego)(?: \\w+){0,2} cabeza', 'quemadura grave|se quemo (?:mucho|todo)', 'balazo|apunal\\w+|atropell\\w+'),
  rule(
    'asked-for-help',
    '(?:necesito|llamen|manden|llame|envien)(?: \\w+)? ambulancia',
    'es una emergencia',
    'llam\\w+(?: al)? 911',
    'auxilio|socorro',
    '(?:me|se) (?:estoy muriendo|esta muriendo|muero|muere)(?! (?:de (?:ganas|hambre|risa|sueno|pena|curiosidad|frio|calor)|por))',
  ),
];

export const EMERGENCY_RULES: readonly Rule[] = [...ENGLISH, ...SPANISH];
