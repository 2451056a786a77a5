/** A link as a QR code: dark modules as one path in the language of SVG, with the four light modules around it that readers need (ISO/IEC 18004). */
import { encode } from 'uqr';

const QUIET = 4;

/** @returns the path, and the width and height of its box in modules */
export function qrPath(text: string): { path: string; size: number } {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return { path, size };
}
