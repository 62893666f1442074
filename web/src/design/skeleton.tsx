// The shape of what is coming, shown only when it takes longer than a person notices.
import { useEffect, useState, type ReactNode } from "react";

/** Under this a skeleton would only flash; ms. */
const NOTICED_AFTER = 150;

export function Late({ children }: { children: ReactNode }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), NOTICED_AFTER);
    return () => clearTimeout(timer);
  }, []);
  return late ? children : null;
}
