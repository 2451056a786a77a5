/** The ways to send a packet that are set up here. Direct (S/MIME) and FHIR messaging will stand beside them. */
import { faxByMail } from './fax-by-mail.ts';
import { faxByGateway, faxReceipt } from './fax-gateway.ts';
import { type AnyHandler, anyHandler } from './handler.ts';
import { officeMail } from './office-mail.ts';
import type { ChannelSettings } from './settings.ts';

export function packetHandlers({ smtp, faxMailDomain, faxGateway }: ChannelSettings, fetch: typeof globalThis.fetch): AnyHandler[] {
  return [
    ...(smtp ? [anyHandler(officeMail(smtp))] : []),
    ...(smtp && faxMailDomain !== undefined ? [anyHandler(faxByMail(smtp, faxMailDomain))] : []),
    ...(faxGateway ? [anyHandler(faxByGateway({ ...faxGateway, fetch })), anyHandler(faxReceipt({ ...faxGateway, fetch }))] : []),
  ];
}
