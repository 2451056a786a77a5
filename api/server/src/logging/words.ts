/** What an error says, for the person at the terminal: a sentence of ours, or the code where the sentence is not ours. */
import pg from 'pg';
import { StoreUnavailable } from '../store/unavailable.ts';
import { codeOf } from './error-code.ts';

/** A database and a parser put what they were given into their messages; their kind and code say enough. */
export function wordsOf(error: unknown): string {
  if (error instanceof pg.DatabaseError) return `PostgreSQL refused it with code ${error.code ?? '(none)'} (PostgreSQL, Appendix A).`;
  if (error instanceof StoreUnavailable) {
    const code = codeOf(error);
    return code === undefined ? error.message : `The database does not answer (${code}).`;
  }
  if (error instanceof SyntaxError) return 'A text that should be JSON is not.';
  return error instanceof Error ? error.message : 'an unknown error';
}
