/** The paper a patient takes home, in both languages; the Spanish is for a qualified translator's review before it is used. */
import type { Language } from '@refloop/domain/patient/reading-grade';

export type HandoutWords = {
  title: string;
  emergency: string;
  see: string;
  steps: string[];
  scan: string;
  link: string;
  keep: string;
};

export const HANDOUT_WORDS: Readonly<Record<Language, HandoutWords>> = {
  en: {
    title: 'Your visit with a specialist',
    emergency: 'If this is an emergency, call 911.',
    see: 'We ask this office to see you:',
    steps: [
      'Scan the code with the camera of your phone.',
      'Give your date of birth.',
      'See who will see you and why. Pick a day when the office gives you days.',
      'Tell us there if you want texts, if you cannot come, or if you do not want the visit.',
    ],
    scan: 'Scan this code',
    link: 'Or type this into your browser:',
    keep: 'Keep this paper safe. The code opens your page.',
  },
  es: {
    title: 'Su cita con un especialista',
    emergency: 'Si es una emergencia, llame al 911.',
    see: 'Pedimos su cita a este consultorio:',
    steps: [
      'Use la cámara de su teléfono para leer el código.',
      'Escriba su fecha de nacimiento.',
      'Vea quién le va a ver y por qué. Elija un día cuando el consultorio le dé días.',
      'Ahí díganos si quiere mensajes, si no puede ir, o si no quiere la cita.',
    ],
    scan: 'Lea este código',
    link: 'O escriba esto en su navegador:',
    keep: 'Guarde bien este papel. El código abre su página.',
  },
};
