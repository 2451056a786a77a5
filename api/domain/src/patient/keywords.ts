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

/** Said with it and meaning the same: "please stop texting me". Carriers heed the single word alone; a person means it anyway. */
const STOP_SENTENCE =
  /^(?:please |por favor )?(?:(?:stop|quit|no more) (?:text\w*|messag\w*|sending)(?: me| messages| texts| us)*|(?:dont|do not) (?:text|message) me(?: again| anymore| any more)?|(?:no|dejen de|ya no) (?:me )?(?:manden|envien|mandar|enviar|escriban|escribir|mandarme|enviarme)(?: mas)?(?: mensajes| textos)?|alto por favor|stop please)(?: please| por favor)?$/;

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
