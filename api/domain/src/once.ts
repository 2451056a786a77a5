/** What is made of a value that cannot change is made once, and of any other each time: whoever keeps values as they are asks the same of them again. */
export function onceOf<Of extends object, Made>(make: (of: Of) => Made): (of: Of) => Made {
  const known = new WeakMap<Of, { made: Made }>();
  return (of) => {
    const found = known.get(of);
    if (found) return found.made;
    const made = make(of);
    if (Object.isFrozen(of)) known.set(of, { made });
    return made;
  };
}
