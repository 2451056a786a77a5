/**
 * From the EHR's smart_style_url (SMART App Launch 2.2) to our tokens. Only values we understand, and only colours that
 * keep text readable: a host's style may change our look, never make a chip or a button illegible.
 */
import { contrast } from '@refloop/domain/configuration/contrast';

/** Text needs 4.5:1 (WCAG 2.1 AA). */
const READABLE = 4.5;
const PAPER = '#ffffff';
const INK = '#16202a';

/** A length in px, within what the layout can bear. */
function pixels(value: unknown, least: number, most: number): string | undefined {
  const found = /^(\d{1,3}(?:\.\d+)?)(px|rem|em)?$/.exec(
    typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '',
  );
  if (!found) return undefined;
  const amount = Number(found[1]) * (found[2] === 'rem' || found[2] === 'em' ? 16 : 1);
  return amount >= least && amount <= most ? `${amount}px` : undefined;
}

/** Family names only: letters, digits, spaces, quotes and commas. */
function fontFamily(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= 200 && /^[\w\s"',-]+$/.test(value) ? value.trim() : undefined;
}

/** @returns custom properties to set; nothing for a value that is missing, not understood or not readable */
export function hostStyleTokens(style: Readonly<Record<string, unknown>>): Record<string, string> {
  const tokens: Record<string, string> = {};
  const background = typeof style['color_background'] === 'string' ? style['color_background'].trim() : '';
  if ((contrast(background, INK) ?? 0) >= 12) tokens['--bg'] = background;
  const accent = typeof style['color_highlight'] === 'string' ? style['color_highlight'].trim() : '';
  // The accent is text on paper and on the page, and the ground under white letters.
  const onPage = contrast(accent, tokens['--bg'] ?? PAPER) ?? 0;
  if ((contrast(accent, PAPER) ?? 0) >= READABLE && onPage >= READABLE) tokens['--accent'] = accent;
  const radius = pixels(style['dim_border_radius'], 0, 16);
  if (radius) tokens['--radius'] = radius;
  const size = pixels(style['dim_font_size'], 12, 18);
  if (size) tokens['--font-size'] = size;
  const family = fontFamily(style['font_family_body']);
  if (family) tokens['--font'] = `${family}, "Inter Variable", system-ui, sans-serif`;
  return tokens;
}
