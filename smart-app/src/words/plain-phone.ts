/** `+14155550154` as "415-555-0154"; what is written in another way, or is of another country, as it is. */
export const plainPhone = (phone: string): string => phone.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '$1-$2-$3');
