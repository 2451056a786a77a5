/** A state folder as one small file: tar, compressed so that what PostgreSQL keeps of every database is stored once. */
import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { constants, createBrotliCompress, createBrotliDecompress } from 'node:zlib';

const { BROTLI_DECODER_PARAM_LARGE_WINDOW, BROTLI_PARAM_LARGE_WINDOW, BROTLI_PARAM_LGWIN, BROTLI_PARAM_QUALITY } = constants;
/** 2^26 bytes: wider than the databases of a new server lie apart. */
const WINDOW = 26;

async function tar(
  args: string[],
  stdio: ['ignore' | 'pipe', 'ignore' | 'pipe'],
  through: (child: ReturnType<typeof spawn>) => Promise<void>,
): Promise<void> {
  const child = spawn('tar', args, { stdio: [...stdio, 'inherit'] });
  const ended = new Promise<number | null>((done, failed) => {
    child.once('error', failed);
    child.once('close', done);
  });
  let broken: unknown;
  await through(child).catch((error: unknown) => {
    broken = error;
  });
  const code = await ended;
  if (code !== 0) throw new Error(`tar ended with ${code}`, { cause: broken });
  // tar leaves as soon as it has read the archive's end, before what pads it.
  if (
    broken !== undefined &&
    (broken as { code?: string }).code !== 'ERR_STREAM_PREMATURE_CLOSE' &&
    (broken as { code?: string }).code !== 'EPIPE'
  )
    throw broken;
}

export const packFolder = (folder: string, file: string): Promise<void> =>
  tar(['-c', '-f', '-', '--sort=name', '--mtime=@0', '-C', folder, '.'], ['ignore', 'pipe'], async ({ stdout }) => {
    const params = { [BROTLI_PARAM_LARGE_WINDOW]: 1, [BROTLI_PARAM_LGWIN]: WINDOW, [BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
    if (stdout) await pipeline(stdout, createBrotliCompress({ params }), createWriteStream(file));
  });

/** Into an existing folder. */
export const unpackFolder = (file: string, folder: string): Promise<void> =>
  tar(['-x', '-f', '-', '-C', folder], ['pipe', 'ignore'], async ({ stdin }) => {
    if (stdin)
      await pipeline(createReadStream(file), createBrotliDecompress({ params: { [BROTLI_DECODER_PARAM_LARGE_WINDOW]: 1 } }), stdin);
  });
