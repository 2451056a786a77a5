/** A drawn chart as a PNG, on the page's own paper: what is drawn has none. */
import { saveFile } from '../session/save-file.ts';

/** Room around the drawing, in pixels of the drawing. */
const MARGIN = 24;

/** @param place holds the chart; without a drawing in it nothing is saved */
export function savePicture(place: HTMLElement, name: string): void {
  const drawn = place.querySelector('canvas');
  if (!drawn) return;
  const picture = document.createElement('canvas');
  picture.width = drawn.width + 2 * MARGIN;
  picture.height = drawn.height + 2 * MARGIN;
  const pen = picture.getContext('2d');
  if (!pen) return;
  pen.fillStyle = getComputedStyle(place).getPropertyValue('--paper').trim();
  pen.fillRect(0, 0, picture.width, picture.height);
  pen.drawImage(drawn, MARGIN, MARGIN);
  picture.toBlob((file) => (file ? saveFile(file, name) : undefined));
}
