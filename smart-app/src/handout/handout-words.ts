/** The paper a patient takes home, in both languages; the Spanish is for a qualified translator's review before it is used. */
import type { Language } from '@refloop/domain/patient/reading-grade';

export type HandoutWords = {
  title: string;
  emergency: string;
  see: string;
  /** Of an adolescent, in place of whom they see. */
  withheld: string;
  steps: string[];
  /** Of who acts in the patient’s place; without names, of a child of whom nobody is on record. */
  forWhom: (names: readonly string[]) => string;
  /** In place of the second step then. */
  bornOfPatient: string;
  /** Of who acts for them, where the page asks for it besides. */
  phone: string;
  /** The same, of a page that does not tell it. */
  stepsWithheld: string[];
  scan: string;
  link: string;
  keep: string;
};

export const HANDOUT_WORDS: Readonly<Record<Language, HandoutWords>> = {
  en: {
    title: 'Your visit with a specialist',
    emergency: 'If this is an emergency, call 911.',
    see: 'We ask this office to see you:',
    withheld: 'Your clinic will call to say who the visit is with and why. You can also call them.',
    forWhom: (names) =>
      names.length === 0 ? 'For a parent or guardian of the patient.' : `For ${names.join(', ')}, to act for the patient.`,
    bornOfPatient: 'Give the date of birth of the patient.',
    phone: 'Give your own phone number too, the one the clinic has.',
    steps: [
      'Scan the code with the camera of your phone.',
      'Give your date of birth.',
      'See who will see you and why. Pick a day when the office gives you days.',
      'Tell us there if you want texts, if you cannot come, or if you do not want the visit.',
    ],
    stepsWithheld: [
      'Scan the code with the camera of your phone.',
      'Give your date of birth.',
      'Pick a day when the office gives you days.',
      'Tell us there if you want texts, or if you cannot come.',
    ],
    scan: 'Scan this code',
    link: 'Or type this into your browser:',
    keep: 'Keep this paper safe. The code opens your page.',
  },
  es: {
    title: 'Su cita con un especialista',
    emergency: 'Si es una emergencia, llame al 911.',
    see: 'Pedimos su cita a este consultorio:',
    withheld: 'Su clínica llamará para decir con quién es la cita y por qué. También puede llamar usted.',
    forWhom: (names) =>
      names.length === 0 ? 'Para el padre, la madre o el tutor del paciente.' : `Para ${names.join(', ')}, en nombre del paciente.`,
    bornOfPatient: 'Escriba la fecha de nacimiento del paciente.',
    phone: 'Escriba también su propio número de teléfono, el que tiene la clínica.',
    steps: [
      'Use la cámara de su teléfono para leer el código.',
      'Escriba su fecha de nacimiento.',
      'Vea quién le va a ver y por qué. Elija un día cuando el consultorio le dé días.',
      'Ahí díganos si quiere mensajes, si no puede ir, o si no quiere la cita.',
    ],
    stepsWithheld: [
      'Use la cámara de su teléfono para leer el código.',
      'Escriba su fecha de nacimiento.',
      'Elija un día cuando el consultorio le dé días.',
      'Ahí díganos si quiere mensajes, o si no puede ir.',
    ],
    scan: 'Lea este código',
    link: 'O escriba esto en su navegador:',
    keep: 'Guarde bien este papel. El código abre su página.',
  },
};
