/** The approved referral as a PDF on the clinician's machine. It comes with the session's token and leaves no address behind. */

import type { Desk } from '../refer/desk.ts';
import { failureText } from '../session/api.ts';
import { saveFile } from '../session/save-file.ts';

export async function takePacket(desk: Desk, planId: string): Promise<void> {
  const answered = await desk.api.file(`/plans/${encodeURIComponent(planId)}/packet`);
  if (!answered.ok) {
    if (answered.refusal.kind === 'session-ended') return desk.fail(answered.refusal);
    desk.store.set({ notice: `The PDF could not be made. ${failureText(answered.refusal)}` });
    return;
  }
  // A name that tells nothing: files end up in download folders.
  saveFile(answered.value, 'referral.pdf');
  // A frame without the right to download drops it silently; nobody can ask.
  desk.store.set({ notice: 'The PDF was handed to the browser. If no download began, this EHR’s frame does not allow it: copy the note.' });
}
