/**
 * The version of the arithmetic and the rules in this folder. Same snapshot, policy, engine and request give the same
 * bytes. A change that alters any answer takes a new id; the superseded rules then move to a folder of that name, with
 * the golden cases that hold them (golden/engine-1.json are this engine's).
 */
export const ENGINE = 'engine-1';
