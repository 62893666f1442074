// Buttons: a word, or an icon with its name in a tooltip.
import type { ReactNode } from "react";
import { Button as AriaButton, Tooltip, TooltipTrigger, type ButtonProps } from "react-aria-components";

import styles from "./button.module.css";

type Look = "plain" | "accent" | "quiet" | "danger";

export function Button({ look = "plain", className, ...rest }: Omit<ButtonProps, "className"> & { look?: Look; className?: string }) {
  return <AriaButton {...rest} className={[styles.button, className].filter(Boolean).join(" ")} data-look={look} />;
}

interface IconButtonProps extends Omit<ButtonProps, "children" | "className"> {
  label: string;
  children: ReactNode;
  look?: "quiet" | "accent";
  isOn?: boolean;
  className?: string;
}

export function IconButton({ label, children, look = "quiet", isOn, className, ...rest }: IconButtonProps) {
  return (
    <TooltipTrigger delay={500}>
      <AriaButton
        {...rest}
        aria-label={label}
        aria-pressed={isOn}
        className={[styles.icon, className].filter(Boolean).join(" ")}
        data-look={look}
        data-on={isOn === true || undefined}
      >
        {children}
      </AriaButton>
      <Tip>{label}</Tip>
    </TooltipTrigger>
  );
}

export function Tip({ children }: { children: ReactNode }) {
  return (
    <Tooltip className={styles.tip} offset={6}>
      {children}
    </Tooltip>
  );
}
