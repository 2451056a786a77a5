/**
 * The ways to send a packet. One that is not set up here is among them all the same: what was asked for while it was must not wait for ever
 * without anybody being told. Direct (S/MIME) and FHIR messaging will stand beside them.
 */
import { faxByMail } from './fax-by-mail.ts';
import { faxByGateway, faxReceipt } from './fax-gateway.ts';
import { type AnyHandler, anyHandler } from './handler.ts';
import { officeMail } from './office-mail.ts';
import type { ChannelSettings } from './settings.ts';

export function packetHandlers(
  { smtp, faxMailDomain, faxGateway, publicUrl }: ChannelSettings,
  fetch: typeof globalThis.fetch,
): AnyHandler[] {
  const gateway = faxGateway && { ...faxGateway, fetch };
  return [
    anyHandler(officeMail(smtp, publicUrl)),
    anyHandler(faxByMail(smtp, faxMailDomain)),
    anyHandler(faxByGateway(gateway)),
    anyHandler(faxReceipt(gateway)),
  ];
}
