// The frame around every screen: who is signed in, in which language, with which caches.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect } from "react";
import { I18nProvider } from "react-aria-components";
import { useTranslation } from "react-i18next";

import { worthAnotherTry } from "./api/failure";
import { Failure } from "./design/notice";
import { CHANNELS } from "./features/channels/channels";
import { outbox } from "./features/conversation/outbox";
import { SignIn } from "./features/session/sign-in";
import { onForget, startSession, useSession } from "./features/session/session";
import { LANGUAGES, isLanguage } from "./i18n";
import { live } from "./realtime/live";
import { router } from "./router";

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 2 && worthAnotherTry(error),
      refetchOnWindowFocus: false,
      refetchOnReconnect: false, // The log says what changed.
      gcTime: 30 * 60_000,
    },
  },
});

live.onReset(() => void queries.invalidateQueries());
live.onChannels(() => void queries.invalidateQueries({ queryKey: CHANNELS }));
onForget(() => {
  outbox.close();
  queries.clear();
});

export function App() {
  const { i18n } = useTranslation();
  const locale = isLanguage(i18n.language) ? LANGUAGES[i18n.language].locale : "en-GB";
  return (
    <I18nProvider locale={locale}>
      <QueryClientProvider client={queries}>
        <Screen />
      </QueryClientProvider>
    </I18nProvider>
  );
}

function Screen() {
  const { t } = useTranslation();
  const session = useSession();
  const user = session.state === "signed-in" ? session.me.user.id : null;
  useEffect(() => {
    if (user !== null) outbox.openFor(user);
  }, [user]);
  switch (session.state) {
    case "starting":
      return null;
    case "unreachable":
      return <Failure what={t("app.name")} error={session.error} onAgain={() => void startSession()} />;
    case "signed-out":
      return <SignIn />;
    case "signed-in":
      return <RouterProvider router={router} />;
  }
}
