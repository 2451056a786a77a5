/**
 * Bodies nobody would send by mistake, to every route that takes one: each place of a good body in turn holds what does not belong
 * there. Whatever it is, the answer is a refusal or the work, never an error of ours.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEEPEST } from '../json-text.ts';
import { approveInput, chart, makeInput, order } from '../services/test-referral-input.ts';
import { openWholeApp } from '../test-whole-app.ts';
import { GOOD, MARK, nameOf, openSender, places, type Sender, withMark } from './test-good-bodies.ts';

let sender: Sender;

beforeAll(async () => {
  sender = await openSender(await openWholeApp());
});
afterAll(() => sender.whole.close());

/** JSON texts, since some of these are no values of JavaScript. */
const HOSTILE = [
  'null',
  'true',
  '-1',
  '1e308',
  '0.1',
  '""',
  '"x"',
  `"${'x'.repeat(5000)}"`,
  '[]',
  '[null]',
  '[[]]',
  '{}',
  '{"a":1}',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  String.raw`"a\u0000b"`,
  String.raw`"a\ud83d"`,
  '"9999-99-99T99:99:99Z"',
  '"../../etc/passwd"',
  '"1?_count=9&patient=pat-2#x"',
  String.raw`"a\r\nset-cookie: session=1"`,
  '"%_"',
  '"{{ServiceRequest}}"',
  '"<img src=x onerror=alert(1)>"',
  `"'; drop table plan; --"`,
];

/** Of a large body each place is still tried, with other values each: more than this takes minutes. */
const MOST = Number(process.env['REFLOOP_HOSTILE_BODIES'] ?? 45);

test('a good body of every route that takes one is known here', () => {
  const taking = sender.whole.routes.filter(({ body }) => body !== undefined).map(nameOf);
  expect(taking.filter((name) => !(name in GOOD))).toEqual([]);
});

describe.each(Object.entries(GOOD))('%s', (name, good) => {
  const [method = ''] = name.split(' ');

  test('answers each hostile body with a refusal or the work', async () => {
    const path = await good.path(sender);
    let body = await good.body(sender);
    const first = await sender.send(method, path, JSON.stringify(body));
    expect({ status: first.status, title: first.body['title'] }).toMatchObject({
      status: expect.toSatisfy((status: number) => status < 500 || status === 502),
    });
    const pairs = places(body).flatMap((place) => HOSTILE.map((hostile) => ({ place, hostile })));
    const tried = pairs.filter((_pair, number) => pairs.length <= MOST || number % Math.ceil(pairs.length / MOST) === 0);
    for (const [number, { place, hostile }] of tried.entries()) {
      // Of an order of its own now and then: a history of a thousand drafts is read again with each of them.
      if (number % 20 === 0) {
        await sender.forgetDrafts();
        body = await good.body(sender);
      }
      const text = JSON.stringify(withMark(body, place)).replace(`"${MARK}"`, () => hostile);
      const { status, body: answer } = await sender.send(method, path, text);
      // The EHR of this test never answers: that is 502, and not ours.
      if (status >= 500 && status !== 502) expect({ place, hostile: hostile.slice(0, 40), status, answer }).toBe('no error of ours');
      if (hostile.includes('\\u0000')) expect({ place, status }).toEqual({ place, status: 400 });
    }
    expect(tried.length).toBeGreaterThan(20);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('refuses what is no JSON by name or by content', async () => {
    const path = await good.path(sender);
    const text = JSON.stringify(await good.body(sender));
    const statuses = async (type: string) => (await sender.send(method, path, text, { 'content-type': type })).status;
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'application/json, text/plain',
      'application/jsonx',
      'application/json; charset=utf-16',
      'nonsense',
    ]) {
      expect({ type, status: await statuses(type) }).toEqual({ type, status: 415 });
    }
    expect((await sender.send(method, path, text, { 'content-encoding': 'gzip' })).status).toBe(415);
    for (const body of ['', '{', 'null', '[]', '"x"', '['.repeat(100_000), '{"a":'.repeat(DEEPEST + 1)]) {
      expect({ body: body.slice(0, 10), status: (await sender.send(method, path, body)).status }).toEqual({
        body: body.slice(0, 10),
        status: 400,
      });
    }
    expect(sender.whole.log.lines.filter((line) => line.includes('"failure"'))).toEqual([]);
  });
});

test('a resource nested as deep as is allowed is kept, hashed and handed back', async () => {
  let deep: unknown = 'the bottom';
  for (let level = 0; level < DEEPEST - 8; level += 1) deep = { extension: [deep] }.extension;
  const input = makeInput({
    order: order({ note: deep }),
    chart: [...chart(), { resourceType: 'Basic', id: 'deep', subject: { reference: 'Patient/pat-1' }, deep }],
  });
  const approved = await sender.send('post', '/approvals', JSON.stringify(approveInput(await sender.recommendation(input), input)));
  expect(approved.status).toBe(201);
});
