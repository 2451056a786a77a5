/** For tests: nothing leaves but what is handed over. */
import type { ChannelSettings } from './settings.ts';

export const NO_CHANNELS: ChannelSettings = {
  smtp: undefined,
  faxMailDomain: undefined,
  faxGateway: undefined,
  publicUrl: 'https://refloop.example.org',
};
