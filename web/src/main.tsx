// Starts the app: texts, theme, session, then the screen.
import "@fontsource-variable/inter";
import "@fontsource-variable/noto-sans-hebrew";
import "@fontsource-variable/noto-sans-arabic";
import "@fontsource-variable/noto-sans-thai";
import "./design/tokens.css";
import "./design/base.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app";
import { language, showTheme } from "./features/preferences/preferences";
import { startSession } from "./features/session/session";
import { startTexts } from "./i18n";
import { InboxScreen as inbox } from "./router";

async function main(): Promise<void> {
  showTheme();
  void startSession();
  // Behind the sign-in, and most often what is wanted.
  void inbox.preload?.()?.catch(() => undefined);
  await startTexts(language());
  const place = document.getElementById("app");
  if (place === null) throw new Error("index.html has no #app");
  createRoot(place).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

void main();
