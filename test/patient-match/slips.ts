/** What goes wrong at a keyboard: a letter left out, put in, replaced, or exchanged with its neighbour. */
import type { Random } from '@refloop/launch/synthetic/random';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

export function misspelled(text: string, random: Random, alphabet: string = LETTERS): string {
  if (text.length < 2) return text;
  const at = random.integer(0, text.length - 2);
  const letter = alphabet.charAt(random.integer(0, alphabet.length - 1));
  switch (random.integer(0, 3)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + letter + text.slice(at);
    case 2:
      return text.slice(0, at) + letter + text.slice(at + 1);
    default:
      return text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2);
  }
}
