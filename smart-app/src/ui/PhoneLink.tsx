import { plainPhone } from '../words/plain-phone.ts';

/** A number that a telephone calls with one press. */
export const PhoneLink = ({ phone }: { phone: string }) => <a href={`tel:${phone.replaceAll(/[^\d+]/g, '')}`}>{plainPhone(phone)}</a>;
