/** The gateway of text messages that the sandbox EHR keeps for patients' phones, by the file that the start script made for both. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { TextGateway } from './sites.ts';

const Secrets = z.object({ key: z.string().min(32), secret: z.string().min(32) });

/** Of the range that is set aside for invented numbers (555-0100 to 555-0199). */
const FROM = '+15105550151';

export type SandboxTexts = { ok: true; value: TextGateway } | { ok: false; message: string };

/** @param file the path of `{"key", "secret"}`; what is wrong with it is told in words that hold nothing of it */
export function readSandboxTexts(file: string, ehrPort: number): SandboxTexts {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { ok: false, message: `${file} cannot be read as JSON` };
  }
  const read = Secrets.safeParse(json);
  if (!read.success) return { ok: false, message: `${file} is not {"key", "secret"} of 32 characters or more each` };
  return { ok: true, value: { url: `http://localhost:${ehrPort}/phone/messages`, from: FROM, ...read.data } };
}
