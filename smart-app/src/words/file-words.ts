/** Files in words, and as they are called in download folders. */
const FILE_NAMES: Readonly<Record<string, string>> = {
  'image/jpeg': 'JPEG image',
  'image/png': 'PNG image',
  'image/tiff': 'TIFF image',
  'application/pdf': 'PDF',
  'application/dicom': 'DICOM images',
};

/** "34 kB", "1.2 MB": never less than it is. */
export const sizeWords = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(Math.ceil(bytes / 100_000) / 10).toFixed(1)} MB`;

/** "JPEG image, 34 kB". */
export const kindAndSize = ({ contentType, bytes }: { contentType: string; bytes: number }): string =>
  `${FILE_NAMES[contentType] ?? 'file'}, ${sizeWords(bytes)}`;

const ENDINGS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/tiff': 'tif',
  'application/pdf': 'pdf',
  'application/dicom': 'dcm',
};

/** They end up in download folders: nothing of a patient. @param number from one on */
export const downloadName = (number: number, contentType: string): string => `referral-file-${number}.${ENDINGS[contentType] ?? 'bin'}`;
