/**
 * All that the patient's page says, in both languages, at eight years of school or fewer (patient-words.test.ts). The Spanish is for a qualified
 * translator's review before it is used.
 */
import type { Language } from '@refloop/domain/patient/reading-grade';
import type { PatientOver, PatientRequest, PatientSideName, PatientStage } from '@refloop/server/client/patient';
import type { ApiFailure } from '../session/api.ts';
import { isProblem } from '../session/api.ts';

export type DeclineReason = Extract<PatientRequest, { act: 'decline' }>['reason'];
export type Score = Extract<PatientRequest, { act: 'rate' }>['score'];
type ActName = PatientRequest['act'];
/** As it is called on the page: `first-date` is `other-date` of whom no date is offered or booked. */
export type ActShown = Exclude<ActName, 'book' | 'texts'> | 'first-date';

export type Words = {
  otherLanguage: string;
  title: string;
  emergency: string;
  incomplete: { title: string; text: string };
  born: {
    title: string;
    text: string;
    legend: string;
    month: string;
    day: string;
    year: string;
    who: string;
    open: string;
    opening: string;
    missing: string;
    tries: string;
  };
  sides: Record<PatientSideName, string>;
  stages: Record<PatientStage, string>;
  see: string;
  where: string;
  call: string;
  why: string;
  asks: (clinician: string) => string;
  asWritten: string;
  withheld: string;
  visit: string;
  pick: string;
  noDates: string;
  acts: Record<ActShown, string>;
  forms: Record<ActShown, string>;
  when: string;
  reason: string;
  reasons: Record<DeclineReason, string>;
  declineSure: string;
  cancelSure: string;
  day: string;
  score: string;
  scores: Record<Score, string>;
  more: string;
  send: string;
  sending: string;
  back: string;
  done: Record<ActName, string>;
  missing: string;
  texts: { title: string; none: string; ask: (number: string) => string; on: (number: string) => string; yes: string; stop: string };
  over: Record<PatientOver['how'], string>;
  overTitle: string;
  question: (phone: string) => string;
  until: (time: string) => string;
  failures: {
    notDone: string;
    gone: string;
    wrong: string;
    who: string;
    taken: string;
    ended: string;
    away: string;
    /** Of something that was to be done and may have arrived. */
    notKnown: string;
    tooMuch: string;
    other: string;
  };
};

const EN: Words = {
  otherLanguage: 'Español',
  title: 'Your visit with a specialist',
  emergency: 'If this is an emergency, call 911. No one here can help you in an emergency.',
  incomplete: {
    title: 'This link is not complete',
    text: 'Open the link from the text again, or scan the code on your paper. You can also call your clinic.',
  },
  born: {
    title: 'Your visit with a specialist',
    text: 'To open this page, give the date of birth of the patient. You need no account.',
    legend: 'Date of birth',
    month: 'Month',
    day: 'Day',
    year: 'Year',
    who: 'Who are you?',
    open: 'Open',
    opening: 'Opening…',
    missing: 'Give month, day and year in numbers, such as 3, 27 and 1985.',
    tries: 'After five wrong tries the link is closed. The page stays open for one hour.',
  },
  sides: {
    patient: 'I am the patient',
    parent: 'I am a parent of the patient',
    guardian: 'I am the guardian of the patient',
    proxy: 'I act for the patient, and the clinic knows it',
  },
  stages: {
    asking: 'We have asked the office. They have not said yes so far. We will tell you.',
    'to-book': 'You can book your visit now.',
    booked: 'Your visit is booked.',
    past: 'Did you have your visit? Please tell us.',
    missed: 'You missed your visit. You can pick a new day.',
    seen: 'You had your visit. Thank you.',
    looking: 'We are looking for another office for you. You need to do nothing now.',
    advice: 'Your clinic asks a specialist for advice. You need no visit for this.',
  },
  see: 'You will see',
  where: 'Where',
  call: 'Phone of the office',
  why: 'Why',
  asks: (clinician) => `${clinician} asks them to see you.`,
  asWritten: 'In the words of your clinic:',
  withheld: 'Your clinic will call to say who the visit is with and why. You can also call them.',
  visit: 'Your visit',
  pick: 'Pick a day and time',
  noDates: 'The office has given no days to pick from yet. You can call them, or ask us for a date.',
  acts: {
    cancel: 'I cannot come',
    'other-date': 'Ask for another date',
    'first-date': 'Ask for a date',
    seen: 'I was seen',
    rate: 'How was it?',
    decline: 'I do not want this visit',
  },
  forms: {
    cancel: 'I cannot come',
    'other-date': 'Ask for another date',
    'first-date': 'Ask for a date',
    seen: 'I was seen',
    rate: 'How was it for you?',
    decline: 'I do not want this visit',
  },
  when: 'When can you come?',
  reason: 'Why not?',
  reasons: {
    'feel-better': 'I feel better',
    'seen-elsewhere': 'I saw someone else',
    cost: 'It costs too much',
    'too-far': 'It is too far',
    'no-time': 'I have no time',
    'not-wanted': 'I do not want it',
    other: 'Something else',
  },
  declineSure: 'We will stop asking, and we will tell your clinic. If you change your mind, call them.',
  cancelSure: 'We will tell the office that you cannot come. Then you can pick another day.',
  day: 'Day of your visit',
  score: 'How did it go, from the first call to the visit?',
  scores: { 1: '1 – Very bad', 2: '2 – Bad', 3: '3 – All right', 4: '4 – Good', 5: '5 – Very good' },
  more: 'Want to say more? (You do not have to.)',
  send: 'Send',
  sending: 'Sending…',
  back: 'Back',
  done: {
    book: 'Your visit is booked. The office has been told.',
    cancel: 'The office has been told that you cannot come.',
    'other-date': 'We got it. Someone will call you or send you dates.',
    decline: 'We have told your clinic.',
    seen: 'Thank you for telling us.',
    rate: 'Thank you. This helps us.',
    texts: 'Done.',
  },
  missing: 'Please fill this in.',
  texts: {
    title: 'Texts',
    none: 'Your clinic has no phone to text. Call them if you want texts.',
    ask: (number) => `May we text you about your visit, at the phone that ends in ${number}? You can stop at any time.`,
    on: (number) => `We text you at the phone that ends in ${number}.`,
    yes: 'Yes, text me',
    stop: 'Stop texts',
  },
  overTitle: 'Nothing more to do',
  over: {
    declined: 'You told us that you do not want this visit. Your clinic knows.',
    ended: 'Your clinic has ended this.',
    closed: 'You had your visit, and your clinic has the note. Thank you.',
  },
  question: (phone) => (phone === '' ? 'Questions? Call your clinic.' : `Questions? Call your clinic: ${phone}`),
  until: (time) => `Open until ${time}; after that you can open the link again.`,
  failures: {
    notDone: 'Not done.',
    gone: 'This link does not work, or not any more. Call your clinic for a new one.',
    wrong:
      'That is not right, or the link is closed. Check the date of birth. After five wrong tries the link is closed; then call your clinic.',
    who: 'You cannot open this in that way. For a child, choose parent or guardian. If that is not right, call your clinic.',
    taken: 'That has changed. Look at the page again and pick once more.',
    ended: 'The hour is over. Open the page again.',
    away: 'We cannot be reached right now. Check your internet and try again.',
    notKnown: 'We do not know if this reached us. Check your internet and press once more. It counts one time only.',
    tooMuch: 'There are too many tries right now. Wait a minute and try again.',
    other: 'Something went wrong. Try again, or call your clinic.',
  },
};

const ES: Words = {
  otherLanguage: 'English',
  title: 'Su cita con un especialista',
  emergency: 'Si es una emergencia, llame al 911. Aquí nadie puede ayudarle en una emergencia.',
  incomplete: {
    title: 'Este enlace no está completo',
    text: 'Abra otra vez el enlace del mensaje, o use el código de su papel. También puede llamar a su clínica.',
  },
  born: {
    title: 'Su cita con un especialista',
    text: 'Para abrir esta página, escriba la fecha de nacimiento del paciente. No necesita una cuenta.',
    legend: 'Fecha de nacimiento',
    month: 'Mes',
    day: 'Día',
    year: 'Año',
    who: '¿Quién es usted?',
    open: 'Abrir',
    opening: 'Abriendo…',
    missing: 'Escriba mes, día y año en números, por ejemplo 3, 27 y 1985.',
    tries: 'Después de cinco intentos el enlace se cierra. La página queda abierta una hora.',
  },
  sides: {
    patient: 'Soy el paciente',
    parent: 'Soy el padre o la madre del paciente',
    guardian: 'Soy el tutor del paciente',
    proxy: 'Hablo por el paciente, y la clínica lo sabe',
  },
  stages: {
    asking: 'Ya le preguntamos al consultorio. Aún no nos dicen que sí. Le avisaremos.',
    'to-book': 'Ya puede hacer su cita.',
    booked: 'Su cita está hecha.',
    past: '¿Ya tuvo su cita? Por favor díganos.',
    missed: 'No pudo ir a su cita. Puede elegir otro día.',
    seen: 'Ya tuvo su cita. Gracias.',
    looking: 'Buscamos otro consultorio para usted. No tiene que hacer nada ahora.',
    advice: 'Su clínica pide consejo a un especialista. Usted no necesita una cita para esto.',
  },
  see: 'Le va a ver',
  where: 'Dónde',
  call: 'Teléfono del consultorio',
  why: 'Por qué',
  asks: (clinician) => `${clinician} pide esta cita para usted.`,
  asWritten: 'Así lo escribió su clínica:',
  withheld: 'Su clínica llamará para decir con quién es la cita y por qué. También puede llamar usted.',
  visit: 'Su cita',
  pick: 'Elija día y hora',
  noDates: 'El consultorio aún no da días para elegir. Puede llamarles, o pedirnos una fecha.',
  acts: {
    cancel: 'No puedo ir',
    'other-date': 'Pedir otra fecha',
    'first-date': 'Pedir una fecha',
    seen: 'Ya me vieron',
    rate: '¿Cómo le fue?',
    decline: 'No quiero esta cita',
  },
  forms: {
    cancel: 'No puedo ir',
    'other-date': 'Pedir otra fecha',
    'first-date': 'Pedir una fecha',
    seen: 'Ya me vieron',
    rate: '¿Cómo le fue?',
    decline: 'No quiero esta cita',
  },
  when: '¿Cuándo puede venir?',
  reason: '¿Por qué no?',
  reasons: {
    'feel-better': 'Ya me siento mejor',
    'seen-elsewhere': 'Ya me vio otra persona',
    cost: 'Cuesta mucho',
    'too-far': 'Está muy lejos',
    'no-time': 'No tengo tiempo',
    'not-wanted': 'No la quiero',
    other: 'Otra cosa',
  },
  declineSure: 'Ya no le vamos a preguntar, y le diremos a su clínica. Si cambia de idea, llame a su clínica.',
  cancelSure: 'Le diremos al consultorio que no puede ir. Luego puede elegir otro día.',
  day: 'Día de su cita',
  score: '¿Cómo le fue, desde la primera llamada hasta la cita?',
  scores: { 1: '1 – Muy mal', 2: '2 – Mal', 3: '3 – Más o menos', 4: '4 – Bien', 5: '5 – Muy bien' },
  more: '¿Quiere decir algo más? (No es necesario.)',
  send: 'Enviar',
  sending: 'Enviando…',
  back: 'Volver',
  done: {
    book: 'Su cita está hecha. Ya lo sabe el consultorio.',
    cancel: 'El consultorio ya sabe que no puede ir.',
    'other-date': 'Ya lo tenemos. Alguien le va a llamar o le mandará fechas.',
    decline: 'Ya lo sabe su clínica.',
    seen: 'Gracias por decirnos.',
    rate: 'Gracias. Esto nos ayuda.',
    texts: 'Listo.',
  },
  missing: 'Por favor llene esto.',
  texts: {
    title: 'Mensajes de texto',
    none: 'Su clínica no tiene un número para mandarle mensajes. Llame si los quiere.',
    ask: (number) => `¿Le podemos mandar mensajes sobre su cita, al número que termina en ${number}? Puede parar cuando quiera.`,
    on: (number) => `Le mandamos mensajes al número que termina en ${number}.`,
    yes: 'Sí, quiero mensajes',
    stop: 'No más mensajes',
  },
  overTitle: 'No hay más que hacer',
  over: {
    declined: 'Nos dijo que no quiere esta cita. Su clínica ya lo sabe.',
    ended: 'Su clínica ya cerró esto.',
    closed: 'Ya tuvo su cita, y su clínica tiene la nota. Gracias.',
  },
  question: (phone) => (phone === '' ? '¿Preguntas? Llame a su clínica.' : `¿Preguntas? Llame a su clínica: ${phone}`),
  until: (time) => `Abierta hasta las ${time}; después puede abrir el enlace otra vez.`,
  failures: {
    notDone: 'No se hizo.',
    gone: 'Este enlace no sirve, o ya no. Llame a su clínica y pida otro.',
    wrong:
      'No es correcto, o el enlace está cerrado. Revise la fecha de nacimiento. Después de cinco intentos el enlace se cierra; entonces llame a su clínica.',
    who: 'No se puede abrir así. Para un niño, elija padre, madre o tutor. Si no es correcto, llame a su clínica.',
    taken: 'Eso ya cambió. Vea la página otra vez y elija de nuevo.',
    ended: 'Ya pasó la hora. Abra la página otra vez.',
    away: 'No hay conexión ahora. Revise su internet y trate otra vez.',
    notKnown: 'No sabemos si nos llegó. Revise su internet y oprima otra vez. Cuenta una sola vez.',
    tooMuch: 'Hay muchos intentos ahora. Espere un minuto y trate otra vez.',
    other: 'Algo salió mal. Trate otra vez, o llame a su clínica.',
  },
};

export const WORDS: Readonly<Record<Language, Words>> = { en: EN, es: ES };

/** Of the browser, until the page knows better. */
export const browserLanguage = (): Language => (navigator.language.toLowerCase().startsWith('es') ? 'es' : 'en');

/** Why something was not done, in words of this page: the server's own are English. */
export function failureWords(failure: ApiFailure, { failures }: Words): string {
  if (failure.kind === 'unreachable') return failures.away;
  if (isProblem(failure, 'not-found')) return failures.gone;
  if (isProblem(failure, 'session-ended')) return failures.ended;
  if (isProblem(failure, 'conflict')) return failures.taken;
  if (isProblem(failure, 'too-many-requests')) return failures.tooMuch;
  if (isProblem(failure, 'not-allowed')) {
    const fields = failure.kind === 'problem' ? (failure.problem.errors ?? []).map(({ field }) => field) : [];
    return fields.includes('as') ? failures.who : failures.wrong;
  }
  return failures.other;
}

/** The same of something that was to be done: what nobody answered may have arrived. */
export const notDoneWords = (failure: ApiFailure, words: Words): string =>
  failure.kind === 'unreachable' ? words.failures.notKnown : `${words.failures.notDone} ${failureWords(failure, words)}`;

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-US', es: 'es-US' };

/** "Tuesday, December 1, 9:15 AM", on the clinic's clock. */
export const visitTime = (instant: string, language: Language, timeZone: string): string =>
  new Intl.DateTimeFormat(LOCALES[language], {
    weekday: 'long',
    month: 'long',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone,
  }).format(new Date(instant));

export const clockTime = (instant: string, language: Language): string =>
  new Intl.DateTimeFormat(LOCALES[language], { hour: 'numeric', minute: '2-digit' }).format(new Date(instant));

/** The day of three fields, `1985-03-27`; undefined where it is none. */
export function dayOfFields(month: string, day: string, year: string): string | undefined {
  const [m, d, y] = [month, day, year].map((text) => text.trim());
  if (!/^\d{1,2}$/.test(m ?? '') || !/^\d{1,2}$/.test(d ?? '') || !/^\d{4}$/.test(y ?? '')) return undefined;
  const text = `${y}-${m?.padStart(2, '0')}-${d?.padStart(2, '0')}`;
  const at = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== text ? undefined : text;
}
