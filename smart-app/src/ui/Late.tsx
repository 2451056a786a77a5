/** Shows its children only when waiting takes longer than 300 ms: a flash of grey is worse than none. */
import { type ReactNode, useEffect, useState } from 'react';

const PATIENCE_MILLISECONDS = 300;

export function Late({ children }: { children: ReactNode }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, []);
  return late ? children : null;
}
