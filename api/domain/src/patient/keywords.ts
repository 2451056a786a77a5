/**
 * One word that a carrier obliges every sender to heed, or the Spanish of it. STOP, STOPALL, UNSUBSCRIBE, CANCEL, END, QUIT, REVOKE and
 * OPTOUT end messages, START and UNSTOP begin them again, HELP and INFO ask who is there: as Twilio’s “Support for opt-out keywords”, AWS End
 * User Messaging “Required opt-out keywords” (which adds REMOVE, OPT-OUT, ARRET and TD) and Braze list them. YES begins nothing here, since it answers
 * a question more often. The Spanish words are ours.
 */
export type Keyword = 'stop' | 'start' | 'help';

const WORDS: Readonly<Record<Keyword, readonly string[]>> = {
  stop: [
    'stop',
    'stopall',
    'stop all',
    'unsubscribe',
    'cancel',
    'end',
    'quit',
    'revoke',
    'optout',
    'opt out',
    'remove',
    'arret',
    'td',
    'alto',
    'parar',
    'pare',
    'baja',
    'cancelar',
    'detener',
    'salir',
    'no mas',
    'terminar',
  ],
  start: ['start', 'unstop', 'comenzar', 'empezar', 'iniciar', 'reanudar', 'inicio'],
  help: ['help', 'info', 'ayuda', 'informacion'],
};

/**
 * Said with it and meaning the same: "please stop texting me", "take me off your list". Carriers heed the single word alone; 47 CFR
 * 64.1200(a)(10) has any reasonable way of saying it heeded. About messages, or about nothing else: "cancel my appointment" is none.
 */
const PLEASE = '(?:please|pls|plz|por favor)';
const MESSAGES =
  '(?:the|these|this|those|any|more|your|all|me|us|sus|los|mas|de|texto|texts?|messages?|mensajes|textos|notifications?|alerts?|now|again|anymore|any more)';
const STOP_SENTENCE = new RegExp(
  `^(?:${PLEASE} )?(?:${[
    `(?:stop+|s t o p)(?: (?:stop+|it|now|already|${PLEASE}))*`,
    `(?:stop|quit|no more) (?:text\\w*|messag\\w*|sending|contacting|writing)(?: ${MESSAGES})*`,
    `(?:dont|do not) (?:text|message|contact|send)(?: ${MESSAGES})*`,
    `(?:(?:remove|take) me(?: off| from)(?: (?:this|the|your|text|texting|messages?|list))*|remove me|unsubscribe me)`,
    `(?:no|ya no|deja|deje|dejen)(?: de)?(?: me)? (?:manden?|mandes|envien?|envies|mandar|enviar|escriban?|escribas|escribir|mandarme|enviarme|escribirme|molestar|molestarme)(?: ${MESSAGES})*`,
    `(?:ya )?no (?:quiero|deseo)(?: recibir| que me manden)?(?: ${MESSAGES})* (?:mensajes|textos)(?: ${MESSAGES})*`,
    'alto por favor|basta',
  ].join('|')})(?: ${PLEASE})?$`,
);

const plain = (message: string): string =>
  message
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f'’]/g, '')
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim();

/** @returns undefined where it is none of these, which a person reads */
export function keywordIn(message: string): Keyword | undefined {
  const words = plain(message);
  if (STOP_SENTENCE.test(words)) return 'stop';
  return (['stop', 'start', 'help'] as const).find((keyword) => WORDS[keyword].includes(words));
}
