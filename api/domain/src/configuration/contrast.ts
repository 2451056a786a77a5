/** WCAG 2.1 contrast of two colours given as `#rrggbb` or `#rgb`. */
const HEX = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;

/** @returns red, green and blue from 0 to 255, undefined for anything but a hex colour */
export function readColor(text: string): readonly [number, number, number] | undefined {
  const trimmed = text.trim();
  if (!HEX.test(trimmed)) return undefined;
  const hex = trimmed.length === 4 ? trimmed.slice(1).replace(/./g, '$&$&') : trimmed.slice(1);
  const value = Number.parseInt(hex, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** Relative luminance, WCAG 2.1. */
function luminance(color: readonly [number, number, number]): number {
  const [red, green, blue] = color.map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** From 1 to 21; undefined when either is not a hex colour. */
export function contrast(first: string, second: string): number | undefined {
  const a = readColor(first);
  const b = readColor(second);
  if (!a || !b) return undefined;
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}
