/**
 * What is written to patients. A body says who writes and where to look, and nothing else: no name of the patient or the specialist, no
 * specialty, no date, no reason; a telephone lies about, and its screen shows what comes. Those stand on the page behind the link, after the date of
 * birth; there too is all that R135 wants told. The Spanish is for a qualified translator’s review before it is used (45 CFR 92.201).
 */
import type { Language } from './reading-grade.ts';

export const MESSAGE_TOPICS = ['book', 'remind', 'day-before', 'missed', 'were-you-seen', 'rate', 'booked', 'called-off'] as const;
/** What a message is about: a step of the policy, a question how it was, or that somebody else than the patient set, moved or called off a date. */
export type MessageTopic = (typeof MESSAGE_TOPICS)[number];

/** What a text is answered with at once. */
export const REPLIES = ['emergency', 'stopped', 'started', 'help', 'not-read', 'not-kept'] as const;
export type Reply = (typeof REPLIES)[number];
/** Answers whose words a site may choose: the one to an emergency is the same everywhere. */
export type WordedReply = Exclude<Reply, 'emergency'>;

export type Sender = { practice: string /** Of the practice, to call; empty where it is not known. */; phone: string };

type Words = Readonly<Record<Language, string>>;

/** The words of a site, with their placeholders, in the place of Refloop’s. */
type Own = string | undefined;

/** Every one of them was written by us and read by no translator yet. */
export const FOR_TRANSLATOR_REVIEW: readonly Language[] = ['es'];

export const TOPICS: Readonly<Record<MessageTopic, Words>> = {
  book: {
    en: '{practice}: Your visit is ready to be booked. See the details and pick a day here: {link}',
    es: '{practice}: Ya puede hacer su cita. Vea los datos y elija un día aquí: {link}',
  },
  remind: {
    en: '{practice}: You have no date for your visit yet. Pick a day here, or tell us if you need help: {link}',
    es: '{practice}: Su visita aún no tiene fecha. Elija un día aquí, o díganos si necesita ayuda: {link}',
  },
  'day-before': {
    en: '{practice}: You have a visit soon. See when and where, or change it, here: {link}',
    es: '{practice}: Pronto tiene una cita. Vea cuándo y dónde, o cámbiela, aquí: {link}',
  },
  missed: {
    en: '{practice}: We are sorry you could not make your visit. You can pick a new day here: {link}',
    es: '{practice}: Sentimos que no pudo ir a su cita. Puede elegir otro día aquí: {link}',
  },
  'were-you-seen': {
    en: '{practice}: Did you have your visit? Please tell us here: {link}',
    es: '{practice}: ¿Ya tuvo su cita? Por favor díganos aquí: {link}',
  },
  rate: {
    en: '{practice}: How did it go for you? It is one question: {link}',
    es: '{practice}: ¿Cómo le fue? Es una sola pregunta: {link}',
  },
  booked: {
    en: '{practice}: There is a date for your visit. See when and where, or change it, here: {link}',
    es: '{practice}: Ya hay fecha para su cita. Vea cuándo y dónde, o cámbiela, aquí: {link}',
  },
  'called-off': {
    en: '{practice}: Your visit is not on the day that was set. See what you can do here: {link}',
    es: '{practice}: Su cita ya no es el día que se dijo. Vea qué puede hacer aquí: {link}',
  },
};

/** After the body of a text message. */
const HOW_TO_STOP: Words = { en: 'Reply STOP to end texts.', es: 'Responda ALTO para no recibir más.' };

/** After the body of an e-mail: whom to call, how they are ended (on the page, or by whoever answers the telephone), and that nobody reads an answer. */
const MAIL_END: Words = {
  en: [
    'Questions? Call {practice}: {phone}.',
    'To end these e-mails, open the page and choose “Stop e-mails”, or call us.',
    'No one reads answers to this e-mail. If it is an emergency, call 911.',
  ].join('\n'),
  es: [
    '¿Preguntas? Llame a {practice}: {phone}.',
    'Para no recibir más correos, abra la página y elija “No más correos”, o llámenos.',
    'Nadie lee las respuestas a este correo. Si es una emergencia, llame al 911.',
  ].join('\n'),
};

/** The same words whatever kind of emergency it may be, and nothing beside them (R78). */
export const EMERGENCY_WORDS: Words = {
  en: 'This may be an emergency. Call 911 now, or go to the nearest emergency room. We cannot help with an emergency here.',
  es: 'Esto puede ser una emergencia. Llame al 911 ahora, o vaya a la sala de emergencias más cercana. Aquí no podemos ayudar en una emergencia.',
};

export const ANSWERS: Readonly<Record<WordedReply, Words>> = {
  stopped: {
    en: '{practice}: You will get no more texts from us. Reply START to get them again.',
    es: '{practice}: Ya no le mandaremos mensajes. Responda START para recibirlos otra vez.',
  },
  started: {
    en: '{practice}: You will get texts from us about your visits. Reply STOP to end them.',
    es: '{practice}: Le mandaremos mensajes sobre sus citas. Responda ALTO para no recibir más.',
  },
  help: {
    en: '{practice}: We text you about your visits. Call us if you need help: {phone}. Reply STOP to end texts.',
    es: '{practice}: Le escribimos sobre sus citas. Si necesita ayuda, llame al {phone}. Responda ALTO para no recibir más.',
  },
  'not-read': {
    en: '{practice}: We got your text. Someone will read it on a work day. If it is an emergency, call 911. If it cannot wait, call us: {phone}.',
    es: '{practice}: Recibimos su mensaje. Lo leeremos en un día de trabajo. Si es una emergencia, llame al 911. Si no puede esperar, llame al {phone}.',
  },
  'not-kept': {
    en: '{practice}: We do not know your number, so no one will read this text. Please call us: {phone}. If it is an emergency, call 911.',
    es: '{practice}: No conocemos su número, y nadie leerá este mensaje. Por favor llame al {phone}. Si es una emergencia, llame al 911.',
  },
};

const SUBJECTS: Words = { en: 'A message from {practice}', es: 'Un mensaje de {practice}' };
/** Said where the practice has not told Refloop its telephone. */
const NO_PHONE: Words = { en: 'the number on your papers', es: 'número que está en sus papeles' };

const filled = (words: string, language: Language, { practice, phone }: Sender, link = ''): string =>
  words
    .replaceAll('{practice}', practice)
    .replaceAll('{phone}', phone || NO_PHONE[language])
    .replaceAll('{link}', link);

/** A text message with its link. How texts are ended stands behind it, whatever its words are. */
export const textFor = (topic: MessageTopic, language: Language, sender: Sender, link: string, own?: Own): string =>
  `${filled(own ?? TOPICS[topic][language], language, sender, link)} ${HOW_TO_STOP[language]}`;

/** An e-mail with its link; it carries no more than a text does, and in the site’s own words where it has some. */
export const mailFor = (
  topic: MessageTopic,
  language: Language,
  sender: Sender,
  link: string,
  own?: Own,
): { subject: string; body: string } => ({
  subject: filled(SUBJECTS[language], language, sender),
  body: `${filled(own ?? TOPICS[topic][language], language, sender, link)}\n\n${filled(MAIL_END[language], language, sender)}\n`,
});

export const replyFor = (reply: Reply, language: Language, sender: Sender, own?: Own): string =>
  reply === 'emergency' ? EMERGENCY_WORDS[language] : filled(own ?? ANSWERS[reply][language], language, sender);
