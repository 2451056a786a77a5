import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';

const WRITE_BYTES = 1024 * 1024;

/** Where one text lies in the spool. */
export type Place = { offset: number; length: number };

/**
 * A file that holds texts between two passes, so that they need not be held in memory. Its name is removed as soon as it is
 * open: whatever ends the process, nothing of a chart is left behind.
 */
export class Spool {
  #file: FileHandle;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #end = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** @throws the file system's error when the folder cannot be written to */
  static async open(folder: string): Promise<Spool> {
    const path = join(folder, `.load-${randomUUID()}`);
    const file = await open(path, 'wx+', 0o600);
    await unlink(path);
    return new Spool(file);
  }

  async add(text: string): Promise<Place> {
    const bytes = Buffer.from(text, 'utf8');
    const place = { offset: this.#end, length: bytes.length };
    this.#end += bytes.length;
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes >= WRITE_BYTES) await this.#write();
    return place;
  }

  async read({ offset, length }: Place): Promise<string> {
    await this.#write();
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await this.#file.read(bytes, 0, length, offset);
    if (bytesRead !== length) throw new Error(`The spool ended after ${bytesRead} of ${length} bytes; is the disk full?`);
    return bytes.toString('utf8');
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #write(): Promise<void> {
    if (this.#pendingBytes === 0) return;
    const bytes = Buffer.concat(this.#pending);
    const at = this.#end - this.#pendingBytes;
    this.#pending = [];
    this.#pendingBytes = 0;
    await this.#file.write(bytes, 0, bytes.length, at);
  }
}
