/** Stands in for the `debug` package that fhirclient logs with: its messages hold tokens and answers of the EHR, and no console needs them. */
type Silent = (() => Silent) & { extend: () => Silent };

/** Makes a logger and is one: whatever is said to it, nothing comes of it. */
const silent: Silent = Object.assign(() => silent, { extend: () => silent });

// fhirclient takes it with `require`, which is to give the function itself.
export { silent as 'module.exports' };
