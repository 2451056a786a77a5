/** The approved referral as a PDF on the clinician's machine. It comes with the session's token and leaves no address behind. */
import type { Desk } from '../refer/desk.ts';
import { failureText } from '../session/api.ts';

/** Long enough for the browser to begin the download, short enough that the file does not stay in memory. */
const KEPT_MILLISECONDS = 60_000;

function save(file: Blob): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  // A name that tells nothing: files end up in download folders.
  link.download = 'referral.pdf';
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MILLISECONDS);
}

export async function takePacket(desk: Desk, planId: string): Promise<void> {
  const answered = await desk.api.file(`/plans/${encodeURIComponent(planId)}/packet`);
  if (!answered.ok) {
    if (answered.refusal.kind === 'session-ended') return desk.fail(answered.refusal);
    desk.store.set({ notice: `The PDF could not be made. ${failureText(answered.refusal)}` });
    return;
  }
  save(answered.value);
  // A frame without the right to download drops it silently; nobody can ask.
  desk.store.set({ notice: 'The PDF was handed to the browser. If no download began, this EHR’s frame does not allow it: copy the note.' });
}
