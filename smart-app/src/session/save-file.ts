/** Hands a file to the browser. It came with the session's token and leaves no address behind. */

/** Long enough for the browser to begin the download, short enough that the file does not stay in memory. */
const KEPT_MILLISECONDS = 60_000;

/** @param name ends up in download folders: it must tell nothing of a patient */
export function saveFile(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MILLISECONDS);
}
