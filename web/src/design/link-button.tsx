// A way to another screen that looks like a button; it opens in a tab of its own where a person wants that.
import { createLink } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, Ref } from "react";

import styles from "./button.module.css";

interface AnchorProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  look?: "plain" | "accent";
  ref?: Ref<HTMLAnchorElement>;
}

function Anchor({ look = "plain", ...rest }: AnchorProps) {
  return <a {...rest} className={styles.button} data-look={look} />;
}

export const LinkButton = createLink(Anchor);
