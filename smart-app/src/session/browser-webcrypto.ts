/** Stands in for fhirclient's WebCrypto polyfill: every browser we serve has its own, and a bundle need not carry another. */
export default globalThis.crypto;
