/** One request, with what may become of it. */
import type { Link } from './links.ts';

export type HostileRequest = {
  door: string;
  path: string;
  init: RequestInit & { headers: Record<string, string> };
  /** Whether what it asks for may be done: a second factor that is right, or what was opened by one and still is. */
  mayEnter: boolean;
  /** Nothing about it is wrong: it has to be let in. */
  mustEnter: boolean;
  /** Whether it may leave anything behind: also a try that is wrong is counted. */
  mayWrite: boolean;
  /** Whether the answer may tell of the patient, where it is let in. */
  mayTell: boolean;
  asked: 'open' | 'other';
  /** Whose answer it is, where it is one's. */
  link: Link | undefined;
};

/** From 0 to 1: what kind of request, and which of the links. */
export type Even = { kind: number; which: number };
