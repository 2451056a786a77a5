/**
 * The machines outside that messages leave by: a mail server that has no keys, a fax gateway and a gateway of text messages that have. They
 * lose, refuse, delay and forget to answer; the handlers are the product's, and of the mail server alone the conversation is not simulated.
 */

import type { Draws } from '@refloop/domain/practice/draws';
import { faxByGateway, faxReceipt } from '@refloop/server/channels/fax-gateway';
import { type AnyHandler, anyHandler, type Sent } from '@refloop/server/channels/handler';
import { officeMail, officeMailSubject, officeMailText, withAddress } from '@refloop/server/channels/office-mail';
import type { ChannelSettings, SmtpSettings } from '@refloop/server/channels/settings';
import { textMessage } from '@refloop/server/channels/text-message';
import type { Site } from '@refloop/server/sites';
import type { Scope } from '@refloop/server/store/store';
import type { Faults } from './faults.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { WhatLeaves } from './what-leaves.ts';

const SMTP: SmtpSettings = { host: 'mail.invalid', port: 25, implicitTls: false, withoutTls: true, login: undefined, from: 'a@b.example' };
const FAX = { url: 'https://fax.invalid/faxes', token: 'simulated' };
export const ADDRESS = 'https://refloop.invalid';
export const CHANNELS: ChannelSettings = { smtp: SMTP, faxMailDomain: undefined, faxGateway: FAX, publicUrl: ADDRESS };

/** Which effect a key of a gateway stands for. */
export type Asked = { scope: Scope; referralId: string; key: string };

export type Gateways = {
  handlers: AnyHandler[];
  /** An effect was asked for. */
  asked: (id: string, about: Asked) => void;
  /** Whether what this effect asks for truly left, as whoever calls the other end is told. */
  hasLeft: (id: string) => boolean;
  setDown: (down: boolean) => void;
};

export type GatewayDeps = {
  time: VirtualTime;
  faults: Faults;
  draws: Draws;
  sites: readonly Site[];
  leaves: WhatLeaves;
  /** A link came into the hands of whom it was for: by mail, or printed on a fax. */
  mailed: (about: Asked, link: string) => void;
  texted: (about: Asked, link: string) => void;
};

type Faxed = { to: string; document: string };
type Pages = { patient: { recordNumber: string }; specialist: { npi: string }; chart: { lacking: string[] }; link: string };

/** How a packet is put on pages here: as it is, so that the other end can read what it was sent. */
export const packetAsPages = async (packet: object, link: string): Promise<Uint8Array<ArrayBuffer>> =>
  new TextEncoder().encode(JSON.stringify({ ...packet, link }));

const answer = (status: number, body: unknown): Response =>
  ({ ok: status < 300, status, json: async () => body, body: null }) as unknown as Response;

/** What opens a page is drawn at random, and may read like anything. */
const withoutLink = (words: string): string => words.replaceAll(/#[\w-]{43}/g, '#');

/** Pages take so long over the line. */
const FAXING_MS = 2 * 60_000;

export function createGateways({ time, faults, draws, sites, leaves, mailed, texted }: GatewayDeps): Gateways {
  const effects = new Map<string, Asked>();
  const faxes = new Map<string, { id: string; arrives: boolean; at: number }>();
  const texts = new Set<string>();
  const mails = new Set<string>();
  let down = false;

  const silence = async (): Promise<void> => time.pause(draws.integer(1000, 20_000));

  /** @param take what takes effect there @param reply what is answered where it is */
  async function overTheLine<Reply>(take: () => void, replies: { taken: () => Reply; refused: (final: boolean) => Reply }): Promise<Reply> {
    if (down) throw new Error('The line is dead.');
    switch (faults.gateway()) {
      case 'answered':
        take();
        return replies.taken();
      case 'answer-lost':
        take();
        await silence();
        throw new Error('No answer came.');
      case 'lost':
        await silence();
        throw new Error('No answer came.');
      case 'refused':
        return replies.refused(draws.chance(0.2));
      case 'broken':
        take();
        throw new Error('The line broke.');
    }
  }

  const mail = officeMail(SMTP, ADDRESS);
  const byMail = anyHandler({
    ...mail,
    send: async ({ id, scope, referralId, key, content }): Promise<Sent> => {
      if (down) return { kind: 'refused', detail: 'The mail server was not reached.', final: false };
      const about = { scope, referralId, key };
      const take = (): void => {
        mails.add(id);
        leaves.judge(
          { kind: 'mail', ...about, news: content.news },
          withoutLink(`${officeMailSubject(content)}\n${officeMailText(withAddress(content, ADDRESS))}`),
        );
        mailed({ ...about, key: content.transmission.transmissionId }, content.link.split('#').at(-1) ?? '');
      };
      return overTheLine<Sent>(take, {
        taken: () => ({ kind: 'done', receipt: id }),
        refused: (final) => ({ kind: 'refused', detail: 'The mail server takes nothing just now.', final }),
      });
    },
  });

  function takeFax(id: string, body: string): void {
    if (faxes.has(id)) return;
    faxes.set(id, { id: `fax-${faxes.size + 1}`, arrives: !faults.strikes('gateway', 0.05), at: time.now() + FAXING_MS });
    const about = effects.get(id);
    const { to, document } = JSON.parse(body) as Faxed;
    const { patient, specialist, chart, link } = JSON.parse(Buffer.from(document, 'base64').toString('utf8')) as Pages;
    if (!about) return leaves.unknown('fax');
    const leaving = { kind: 'fax', ...about } as const;
    leaves.judge(leaving, '');
    leaves.judgePacket(leaving, { npi: specialist.npi, recordNumber: patient.recordNumber, lacking: chart.lacking }, to);
    // Not everybody scans what comes out of the machine.
    if (draws.chance(0.4)) mailed(about, link.split('#')[1] ?? '');
  }

  const faxNow = (id: string): Response => {
    const fax = faxes.get(id);
    if (!fax) return answer(404, undefined);
    const status = fax.at > time.now() ? 'sending' : fax.arrives ? 'delivered' : 'failed';
    return answer(200, { id: fax.id, status });
  };

  const faxFetch = ((
    address: string | URL,
    { method, headers, body }: { method?: string; headers: Record<string, string>; body: string },
  ) => {
    const posted = method === 'POST';
    const id = posted ? (headers['idempotency-key'] ?? '') : (new URL(address).searchParams.get('key') ?? '');
    const take = posted ? () => takeFax(id, body) : () => undefined;
    return overTheLine(take, {
      taken: () => faxNow(id),
      refused: (final) => answer(posted && final && !faxes.has(id) ? 422 : 429, undefined),
    });
  }) as unknown as typeof fetch;

  function takeText(id: string, body: string): void {
    if (texts.has(id)) return;
    texts.add(id);
    const about = effects.get(id);
    if (!about) return leaves.unknown('text message');
    const { text } = JSON.parse(body) as { text: string };
    leaves.judge({ kind: 'text', ...about }, withoutLink(text));
    texted(about, text.split('/patient#')[1]?.split(/\s/)[0] ?? '');
  }

  const textFetch = ((_address: string, { headers, body }: { headers: Record<string, string>; body: string }) => {
    const id = headers['idempotency-key'] ?? '';
    return overTheLine(() => takeText(id, body), {
      taken: () => answer(200, { id }),
      // What was taken under this key stays taken.
      refused: (final) => answer(final && !texts.has(id) ? 422 : 429, undefined),
    });
  }) as unknown as typeof fetch;

  return {
    handlers: [
      byMail,
      anyHandler(faxByGateway({ ...FAX, fetch: faxFetch })),
      anyHandler(faxReceipt({ ...FAX, fetch: faxFetch })),
      anyHandler(textMessage({ sites, address: ADDRESS, fetch: textFetch })),
    ],
    asked: (id, about) => void effects.set(id, about),
    hasLeft: (id) => faxes.get(id)?.arrives === true || texts.has(id) || mails.has(id),
    setDown: (to) => {
      down = to;
    },
  };
}
