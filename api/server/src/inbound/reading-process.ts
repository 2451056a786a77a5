/**
 * The process in which documents from outside are read, one after the other. It is given bytes and gives back what it read; it is given no
 * key and no address of the database, and has no right to read files beside the program, to write any, or to start programs or threads
 * (document-reader.ts). Whatever goes wrong in it ends with it.
 */
import { readFile } from './read-bytes.ts';
import { type ReadAsked, unreadable } from './read-document.ts';

process.on('message', ({ number, bytes, asked }: { number: number; bytes: Uint8Array; asked: ReadAsked }) => {
  void readFile(bytes, asked)
    .catch(() => unreadable('broken'))
    .then((document) => process.send?.({ number, document }));
});
process.on('disconnect', () => process.exit(0));
// What a library leaves unhandled is the document's fault: the reader that started this process takes its end for an answer.
process.on('unhandledRejection', () => process.exit(1));
process.send?.({ ready: true });
