/** Requests to the pages of offices and patients: their links, what was opened by them, and notes that are uploaded. */
import type { Random } from '@refloop/launch/synthetic/random';
import type { HostileDocuments } from '../inbound/hostile-documents.ts';
import type { Doors } from './doors.ts';
import type { Even, HostileRequest } from './hostile-request.ts';
import {
  any,
  changed,
  headersOf,
  JSON_TYPES,
  type Json,
  methodOf,
  OTHER_METHODS,
  pathOf,
  readAsObject,
  secondFactorLike,
  tokenLike,
  withBody,
  written,
} from './hostile-values.ts';
import { canOpen, isOpened, type Link, type Side } from './links.ts';

const ACTS: Record<Side, readonly Json[]> = {
  office: [
    { act: 'accept' },
    { act: 'decline', reason: 'other' },
    { act: 'ask', text: 'Which leg?' },
    { act: 'ask', text: 'x'.repeat(2001) },
    { act: 'offer-dates', dates: ['2026-12-08T09:00:00-06:00'] },
    { act: 'offer-dates', dates: Array.from({ length: 500 }, () => '2026-12-08T09:00:00Z') },
    { act: 'book', startsAt: '2026-12-08T09:00:00Z' },
    { act: 'book', startsAt: '0001-01-01T00:00:00Z' },
    { act: 'book', startsAt: '9999-12-31T23:59:59Z' },
    { act: 'seen', at: '2026-11-20T15:00:30Z' },
    { act: 'no-show', at: '2099-01-01T00:00:00Z' },
    { act: 'note', form: 'final', document: { type: 'Document', id: '1' } },
    { act: 'no-show', at: '2026-11-20T15:00:40Z' },
    { act: 'review' },
    { act: '__proto__' },
  ],
  patient: [
    { act: 'book', startsAt: '2026-12-01T15:00:00Z' },
    { act: 'book', startsAt: '2026-12-02T15:00:00Z' },
    { act: 'cancel' },
    { act: 'other-date', text: 'Mondays' },
    { act: 'other-date', text: '\u202ehidden\u200b' },
    { act: 'decline', reason: 'cost' },
    { act: 'seen', at: '2026-11-20T15:00:30Z' },
    { act: 'rate', score: 5, words: null },
    { act: 'rate', score: 500, words: 'x'.repeat(5000) },
    { act: 'texts', wanted: true },
    { act: 'texts', wanted: 'yes' },
    { act: 'end' },
  ],
};

/** Words by which a page of the patient has to answer with whom to call, whoever it is that writes them. */
const EMERGENCY = { act: 'other-date', text: 'My chest hurts, can I come sooner' };

const plain = (body: Json, method = 'POST'): HostileRequest['init'] =>
  withBody(method, { 'content-type': 'application/json' }, JSON.stringify(body));

/** All that a `GET` can carry, and a header that some frameworks take for the method. */
function byAnotherMethod(random: Random, path: string, body: Record<string, Json>): Pick<HostileRequest, 'path' | 'init'> {
  const method = random.pick(OTHER_METHODS);
  const init = plain(body, method);
  if (random.next() < 0.3) init.headers['x-http-method-override'] = 'POST';
  if (method !== 'GET' && method !== 'HEAD') return { path, init };
  const words = Object.entries(body).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
  return { path: `${path}?${new URLSearchParams(words).toString()}`, init };
}

/** @param which from 0 to 1 */
function at<Value>(list: readonly Value[], which: number): Value {
  const found = list[Math.floor(which * list.length)];
  if (found === undefined) throw new Error('There is no such link to try.');
  return found;
}

type OpenBody = Record<string, Json> & { link: Json };

const openBody = (side: Side, link: Json, factor: Json, as: Json): OpenBody =>
  side === 'office' ? { link, npi: factor } : { link, born: factor, as };

/** Judged by what the body says, as it is written in the end. */
function judgedOpen(doors: Doors, side: Side, { path, init }: Pick<HostileRequest, 'path' | 'init'>, mustEnter: boolean): HostileRequest {
  const read = readAsObject(init);
  const named = doors.byToken(read?.['link']);
  const link = init.method === 'POST' && named?.side === side && canOpen(named) ? named : undefined;
  const knows =
    read?.[side === 'office' ? 'npi' : 'born'] === link?.secondFactor &&
    (side === 'office' || ['patient', 'parent', 'guardian', 'proxy'].includes(String(read?.['as'])));
  const mayEnter = link !== undefined && knows;
  return {
    door: `/${side}/open`,
    path,
    init,
    mayEnter,
    mustEnter,
    mayWrite: link !== undefined,
    mayTell: mayEnter && link.standing !== 'over',
    asked: 'open',
    link,
  };
}

export function openRequest(random: Random, { kind, which }: Even, doors: Doors, side: Side): HostileRequest {
  const path = `/${side}/open`;
  const mine = random.pick(doors.links.filter((link) => link.side === side));
  // Often enough right, so that there is something opened to attack.
  if (kind < 0.14) return judgedOpen(doors, side, { path, init: plain(openBody(side, mine.token, mine.secondFactor, 'patient')) }, true);
  // What opens nothing, or what says that it is over, with the second factor that is right.
  if (kind < 0.36) {
    const dead = at(
      doors.past.filter((link) => link.side === side && (!canOpen(link) || link.standing === 'over')),
      which,
    );
    return judgedOpen(doors, side, { path, init: plain(openBody(side, dead.token, dead.secondFactor, 'patient')) }, false);
  }
  // Everything of one referral, and of another the second factor or what was opened.
  if (kind < 0.48) {
    const other = random.pick(doors.links.filter((link) => link.side === side && link.referralId !== mine.referralId));
    const [link, factor] = mine.opened && random.next() < 0.4 ? [mine.opened, mine.secondFactor] : [mine.token, other.secondFactor];
    return judgedOpen(doors, side, { path, init: plain(openBody(side, link, factor, 'patient')) }, false);
  }
  if (kind < 0.54)
    return judgedOpen(doors, side, byAnotherMethod(random, path, openBody(side, mine.token, mine.secondFactor, 'patient')), false);
  const link = tokenLike(random, mine.token, doors, 0.3);
  const clean = openBody(
    side,
    link,
    secondFactorLike(random, mine.secondFactor),
    random.pick(['patient', 'parent', 'guardian', 'proxy', 'x']),
  );
  const body = random.next() < 0.15 ? changed(random, clean) : clean;
  const init = withBody(methodOf(random), headersOf(random, random.pick(JSON_TYPES)), written(random, body));
  return judgedOpen(doors, side, { path: pathOf(random, path), init }, false);
}

/** Of this side, one that is opened where there is one: most of what stands behind is tried there. */
function attacked(random: Random, doors: Doors, side: Side): Link {
  const mine = doors.links.filter((link) => link.side === side);
  const opened = mine.filter(isOpened);
  return random.pick(opened.length > 0 && random.next() < 0.9 ? opened : mine);
}

/** What is in the place of what a page holds; mostly what it holds, or held. */
function openedLike(random: Random, { kind, which }: Even, doors: Doors, side: Side): Json {
  const mine = attacked(random, doors, side);
  if (kind < 0.5) return mine.opened ?? mine.token;
  if (kind < 0.66)
    return at(
      doors.past.filter((link) => link.side === side && link.opened),
      which,
    ).opened;
  if (kind < 0.7) return mine.replaced.at(-1) ?? mine.token;
  if (kind < 0.76) return mine.token;
  if (kind < 0.8) return random.pick(doors.links.filter((link) => link.side !== side)).opened ?? any(random, 43);
  return tokenLike(random, mine.opened ?? mine.token, doors, 0);
}

export function openedRequest(random: Random, even: Even, doors: Doors, side: Side): HostileRequest {
  const name = side === 'office' ? random.pick(['view', 'acts', 'acts', 'packet']) : random.pick(['view', 'acts', 'acts']);
  const path = `/${side}/${name}`;
  const opened = openedLike(random, even, doors, side);
  const emergency = side === 'patient' && name === 'acts' && random.next() < 0.1;
  const key =
    random.next() < 0.2 ? 'the-same-key' : random.next() < 0.1 ? random.pick(['', 'x', 'k'.repeat(65), 'a\u0000bcdefgh']) : any(random, 12);
  const clean = name === 'acts' ? { opened, key, what: emergency ? EMERGENCY : random.pick(ACTS[side]) } : { opened };
  const request = ((): Pick<HostileRequest, 'path' | 'init'> => {
    if (random.next() < 0.06) return byAnotherMethod(random, path, clean);
    if (emergency || random.next() < 0.4) return { path, init: plain(clean) };
    const body = random.next() < 0.2 ? changed(random, clean) : clean;
    return {
      path: pathOf(random, path),
      init: withBody(methodOf(random), headersOf(random, random.pick(JSON_TYPES)), written(random, body)),
    };
  })();
  const isPost = request.init.method === 'POST';
  const token = readAsObject(request.init)?.['opened'];
  const page = doors.byOpenPage(token);
  const mayEnter = isPost && page?.side === side;
  const judged = { door: path, ...request, mustEnter: false, asked: 'other' as const };
  if (!emergency)
    return { ...judged, mayEnter, mayWrite: mayEnter, mayTell: mayEnter && page.standing !== 'over', link: mayEnter ? page : undefined };
  // Whoever writes it is answered; it is heard of whoever had opened the page, also when its hour is over.
  const heard = doors.byOpened(token);
  const mayWrite = isPost && heard?.side === 'patient' && heard.standing !== 'taken-back';
  return { ...judged, mayEnter: isPost, mayWrite, mayTell: false, link: undefined };
}

export function noteRequest(random: Random, even: Even, doors: Doors, documents: HostileDocuments, seed: number): HostileRequest {
  const token = openedLike(random, even, doors, 'office');
  const bearer = typeof token === 'string' ? token : JSON.stringify(token ?? null);
  const safe = /^[\u0020-\u007e]*$/.test(bearer) ? bearer : any(random, 43);
  const form =
    random.next() < 0.85 ? random.pick(['interim', 'final']) : random.pick(['', 'x', 'final&form=interim', '%00', 'constructor']);
  const key =
    random.next() < 0.85 ? any(random, 12) : random.pick(['', 'x', 'k'.repeat(65), '%00aaaaaaaa', '..%2f..%2fetc', 'key&key=other123']);
  const headers: Record<string, string> = {
    ...headersOf(random, 'application/pdf'),
    authorization: random.pick(['Bearer ', 'Bearer ', 'Bearer ', 'bearer ', 'Basic ']) + safe,
  };
  if (random.next() < 0.1) headers['content-disposition'] = 'attachment; filename="../../etc/passwd%00.pdf"';
  const large = random.next() < 0.002;
  const bytes = new Uint8Array(large ? Buffer.alloc(10 * 1024 * 1024 + 1, '%PDF-1.7') : documents(seed));
  const init = withBody(methodOf(random), headers, bytes);
  const page = /^Bearer /i.test(headers['authorization'] ?? '') ? doors.byOpenPage(safe.trim()) : undefined;
  const may = init.method === 'POST' && page?.side === 'office' && !large;
  return {
    door: '/office/notes',
    path: `/office/notes?form=${form}&key=${key}`,
    init,
    mayEnter: may,
    mustEnter: false,
    mayWrite: may,
    mayTell: may && page.standing !== 'over',
    asked: 'other',
    link: may ? page : undefined,
  };
}
